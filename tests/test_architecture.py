"""The house plan as a test: who may import whom, and who may load the heavy libraries."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import PROJECT_ROOT

# Each module of fer/ and what it may import of it; a leading dot means the same package. A new module
# has no line here, and fails, until it is placed.
ROOMS = {
    # what everything shares
    "errors": "",
    "progress": "",
    "emotions": "",
    "paths": "errors",
    "files": "errors",
    "locks": "errors files",
    "config.checks": "errors",
    "config.augmentation": ".checks errors",
    "config.views": ".checks errors",
    "config.training": ".augmentation .checks .views errors",
    "config.differences": ".training",
    "config": ".augmentation .differences .training .views",
    "pictures": "errors",
    "processes": "paths",
    "machine": "paths",
    "jobs": "errors files paths processes",
    "preprocessing": "errors",
    "cards": "emotions errors files preprocessing",
    # faces with labels
    "datasets.dataset": "emotions errors",
    "datasets.vocabulary": ".dataset emotions",
    "datasets.decoding": "errors pictures progress",
    "datasets.csv_faces.text": "",
    "datasets.csv_faces.layout": ".text errors",
    "datasets.csv_faces.words": ".text datasets.dataset datasets.vocabulary emotions",
    "datasets.csv_faces.digits": ".layout",
    "datasets.csv_faces.one_line": ".digits .layout .text .words datasets.dataset",
    "datasets.csv_faces.blocks": ".digits .layout .one_line .text .words datasets.dataset",
    "datasets.csv_faces.reading": ".blocks .layout .text datasets.dataset datasets.vocabulary emotions "
    "errors progress",
    "datasets.csv_faces": ".layout .reading .text .words",
    "datasets.fer_csv": ".csv_faces .dataset errors progress",
    "datasets.wide_csv": ".csv_faces .dataset .fer_csv .ferplus errors progress",
    "datasets.ferplus": ".cache .csv_faces .dataset .vocabulary emotions errors files paths",
    "datasets.folders": ".dataset .decoding .vocabulary emotions errors pictures progress",
    "datasets.parquet": ".dataset .decoding .vocabulary emotions errors progress",
    "datasets.portrait": "",
    "datasets.synthetic": ".dataset .portrait emotions errors files paths progress",
    "datasets.fingerprint": ".dataset",
    "datasets.cache": ".dataset emotions errors files paths",
    "datasets.editions.edition": "datasets.dataset emotions errors",
    "datasets.editions.text": ".edition emotions errors files",
    "datasets.editions.location": "config errors paths",
    "datasets.editions.store": ".edition .location .text errors files locks",
    "datasets.editions.mending": ".edition .location .store .text datasets.dataset emotions errors locks",
    "datasets.editions.exchange": ".edition .location .text datasets.dataset emotions errors locks",
    "datasets.editions": ".edition .exchange .location .mending .store .text",
    "datasets.views": ".dataset .editions .ferplus config emotions errors",
    "datasets.tables": ".csv_faces .dataset .parquet .vocabulary .wide_csv errors progress",
    "datasets.archives": ".dataset .folders .tables errors files paths pictures progress",
    "datasets.registry": ".archives .cache .dataset .editions .ferplus .folders .parquet .provenance "
    ".synthetic .tables .views .wide_csv config errors paths progress",
    "datasets.convert": ".dataset emotions errors files paths progress",
    "datasets.uploads": ".archives .cache .ferplus .registry errors files paths progress",
    "datasets.provenance": ".dataset errors files paths",
    "datasets.downloads.addresses": "errors",
    "datasets.downloads.offers": "paths",
    "datasets.downloads.refusals": ".addresses errors",
    "datasets.downloads.transfer": ".addresses .offers .refusals datasets.provenance errors files paths "
    "processes progress",
    "datasets.downloads.kaggle": ".addresses .offers .refusals .transfer errors",
    "datasets.downloads.hub": ".addresses .offers .refusals .transfer errors",
    "datasets.downloads.arrival": ".addresses .transfer datasets.provenance datasets.registry errors "
    "progress",
    "datasets.downloads.ferplus": ".addresses .arrival .offers .transfer datasets.ferplus "
    "datasets.provenance errors paths",
    "datasets.downloads": ".addresses .arrival .ferplus .hub .kaggle .offers .transfer datasets.provenance "
    "files paths progress",
    "datasets.takeaway": "errors paths",
    "datasets.browsing": ".dataset .editions .portrait .synthetic emotions",
    "datasets.character": ".browsing .dataset emotions",
    "datasets": ".dataset .registry .uploads",
    # what is wrong with them
    "faults.finding": "",
    "faults.chunks": "progress",
    "faults.measures": ".chunks .finding progress",
    "faults.duplicates": ".chunks .finding .measures datasets progress",
    "faults.quality": ".chunks .finding .measures progress",
    "faults.labels": ".chunks .finding progress",
    "faults.lessons": ".duplicates .finding .quality",
    "faults.inspection": ".chunks .duplicates .finding .labels .measures .quality datasets "
    "datasets.fingerprint errors files paths progress recognition",
    "faults.galleries": ".finding datasets datasets.browsing datasets.character datasets.dataset",
    "faults": ".finding .inspection .measures",
    # from faces to a trained network
    "augmentation.dice": "config",
    "augmentation.pixels": ".dice config",
    "augmentation.mixing": "config",
    "augmentation.presets": "config errors files paths",
    "augmentation.keras_code": "config",
    "augmentation": ".dice .mixing .pixels",
    "augmentation.survival": "emotions errors evaluation recognition",
    "batches": "augmentation config datasets errors preprocessing zoo.catalog",
    "runs.folder": "errors files",
    "runs.notes": ".folder errors files",
    "runs.trained_on": ".folder emotions errors files",
    "runs.answers": ".folder .run files",
    "runs.run": ".folder .notes cards config",
    "runs.curves": ".folder .run",
    "runs.reading": ".folder .notes .run config datasets datasets.editions errors paths processes",
    "runs.summary": ".run",
    "runs.forecast": ".run .summary",
    "runs.starting": ".folder .notes .reading .run config datasets datasets.editions errors files locks "
    "paths processes",
    "runs.queue": ".folder .notes .reading .run .starting .trash config errors files locks paths",
    "runs.trash": ".folder .reading .run errors files locks paths",
    "runs.recording": ".folder .run errors files processes",
    "runs": "cards .answers .curves .folder .forecast .notes .queue .reading .recording .run .starting "
    ".summary "
    ".trained_on .trash",
    "schedules": "config runs",
    "diagnosis.finding": "",
    "diagnosis.course": "config emotions runs",
    "diagnosis.remedies.trying": "config diagnosis.finding errors",
    "diagnosis.remedies.steps": "config diagnosis.finding",
    "diagnosis.remedies.faces": "augmentation.presets config diagnosis.finding",
    "diagnosis.remedies.network": "config diagnosis.finding zoo.catalog",
    "diagnosis.remedies": ".faces .network .steps .trying",
    "diagnosis.rates": ".course .finding .remedies runs",
    "diagnosis.fits": ".course .finding .remedies runs",
    "diagnosis.judging": ".course .finding .remedies",
    "diagnosis.classes": ".course .finding .remedies runs",
    "diagnosis.losses": ".course .finding .remedies",
    "diagnosis.diagnosing": ".classes .course .finding .fits .judging .losses .rates .remedies runs",
    "diagnosis.symptoms": ".classes .course .finding",
    "diagnosis.experiments": ".finding .remedies config datasets datasets.editions errors locks runs "
    "runs.reading zoo.catalog",
    "diagnosis.outcome": ".course .diagnosing .finding .rates .symptoms comparison config evaluation runs",
    "diagnosis.report": ".diagnosing .experiments .finding .outcome config errors runs",
    "diagnosis": ".diagnosing .experiments .finding .outcome .remedies",
    "glossary": "",
    "presets": "config",
    "fine_tuning": "config errors zoo.catalog",
    "pace": "batches config datasets errors files jobs paths progress runs runs.folder training.network "
    "training.teaching "
    "training.phases",
    "zoo": "",
    "zoo.catalog": "errors preprocessing",
    "zoo.normalization": "",
    "zoo.blueprint": "errors files",
    "zoo.costs": "errors files",
    "zoo.peers": "",
    "zoo.drafting": ".blueprint .catalog",
    "zoo.tiny_cnn": ".catalog .normalization",
    "zoo.mini_xception": ".catalog .normalization",
    "zoo.small_resnet": ".catalog .normalization",
    "zoo.half_resnet18": ".small_resnet",
    "zoo.paired_cnn": ".catalog .normalization",
    "zoo.four_block_cnn": ".catalog .normalization",
    "zoo.four_block_cnn_elu": ".four_block_cnn",
    "zoo.block_cnn": ".catalog .normalization",
    "zoo.backbone": ".catalog .normalization",
    "zoo.efficientnet_b2": ".backbone",
    "zoo.resnet50": ".backbone",
    "zoo.imagenet": ".backbone .catalog errors",
    # from a trained network to a figure
    "recognition": "cards emotions errors paths preprocessing",
    "face_map": "cards datasets datasets.fingerprint errors files paths progress recognition",
    "training_faces": "batches cards config datasets datasets.editions datasets.views errors runs",
    "neighbours": "errors files paths progress recognition training_faces",
    "tempering": "",
    "comparison": "emotions evaluation runs",
    "cost_table": "cards errors evaluation files paths zoo.catalog zoo.costs zoo.peers",
    "evaluation.intervals": "",
    "evaluation.averaging": "progress recognition",
    "evaluation.evaluation": ".averaging .intervals datasets emotions errors",
    "evaluation.ensembles": ".evaluation errors",
    "evaluation.evaluating": ".averaging .evaluation datasets emotions errors files paths progress "
    "recognition",
    "evaluation.curves": ".evaluation .intervals emotions",
    "evaluation.galleries": ".evaluation emotions errors",
    "evaluation.people": ".evaluation .galleries .intervals datasets.browsing datasets.character "
    "datasets.dataset emotions",
    "evaluation.scores": ".curves .evaluation .intervals tempering",
    "evaluation.calibration": ".evaluation .intervals .scores tempering",
    "evaluation": ".averaging .curves .ensembles .evaluating .evaluation .intervals .scores",
    "weights": "publishing runs",
    "model_files.header": "batches config emotions errors preprocessing zoo.catalog",
    "model_files.inspecting": ".header errors",
    "model_files.writing": ".header .inspecting cards errors files recognition weights",
    "model_files.keeping": ".inspecting .writing cards errors files paths",
    "model_files": ".header .inspecting .keeping .writing",
    "teaching": "batches cards config emotions errors paths preprocessing recognition runs weights",
    "explanation.maps": "emotions errors",
    "explanation.occlusion": "emotions errors progress recognition",
    "explanation.preparing": "recognition weights zoo.catalog",
    "explanation.reading": "",
    "explanation.layers": "cards emotions errors",
    "explanation.filters": "",
    "explanation.shading": "",
    "explanation.overlay": ".maps .shading",
    "explanation.picture": ".maps .occlusion .overlay .shading emotions",
    "explanation": ".maps .occlusion .preparing .reading",
    "publishing": "cards datasets datasets.views errors evaluation files paths progress recognition runs",
    "replication.published": "",
    "replication.variants": ".published config errors presets",
    "replication.kept": "errors evaluation paths runs",
    "replication.keeping": ".kept .published config datasets errors evaluation files progress recognition "
    "runs zoo.catalog",
    "replication.verdicts": ".kept .published .variants errors",
    "replication.kept_table": ".kept .published .table config errors runs",
    "replication.markdown": ".kept_table .table .verdicts files",
    "replication.table": ".kept .variants .verdicts batches config datasets errors runs",
    "replication": ".keeping .kept .kept_table .markdown .published .table .variants .verdicts",
    "robustness.corruptions": "errors",
    "robustness.pixels": ".corruptions",
    "robustness.cures": ".corruptions .pixels config",
    "robustness.sweeps": ".corruptions emotions evaluation",
    "robustness.keeping": ".corruptions .sweeps datasets emotions files paths",
    "robustness.sweeping": ".corruptions .keeping .pixels .sweeps datasets errors evaluation progress "
    "recognition",
    "robustness.along": ".corruptions .pixels emotions recognition",
    "robustness": ".along .corruptions .cures .keeping .pixels .sweeps .sweeping",
    "figures.style": "",
    "figures.robustness": ".style emotions robustness",
    "figures.schedule": ".style config runs schedules",
    "figures.architecture": ".style zoo.blueprint",
    "figures.dataset": ".style datasets datasets.browsing datasets.character datasets.dataset emotions",
    "figures.faults": ".style datasets",
    "figures.face_map": ".style datasets datasets.browsing datasets.character emotions",
    "figures.evaluation": ".style emotions evaluation",
    "figures.confusion": ".style comparison emotions evaluation",
    "figures.thresholds": ".style evaluation",
    "figures.calibration": ".style evaluation.calibration",
    "figures.live": ".style emotions live live.history",
    "figures.neighbours": ".style emotions",
    "figures.epochs": ".style runs",
    "figures.training": ".epochs .style diagnosis runs",
    "figures.class_curves": ".epochs .style diagnosis emotions runs",
    "figures.run_load": ".epochs .style .training runs",
    "figures.comparison": ".style runs",
    "figures.costs": ".style cost_table",
    "figures.replications": ".style replication",
    "figures.replication_table": ".style replication.table runs",
    "figures": ".architecture .calibration .class_curves .confusion .dataset .evaluation .face_map .faults "
    ".live .neighbours .run_load .schedule .style .thresholds .training",
    "evaluation_report.plain_text": "",
    "evaluation_report.formulas": "",
    "evaluation_report.report": ".plain_text cards comparison config datasets datasets.fingerprint emotions "
    "errors evaluation",
    "evaluation_report.caveats": ".plain_text .report cards config datasets datasets.views errors evaluation",
    "evaluation_report.mistakes": "datasets emotions evaluation evaluation.galleries",
    "evaluation_report.values": ".caveats .plain_text .report config datasets datasets.views evaluation "
    "evaluation.calibration paths",
    "evaluation_report.charts": ".plain_text .report comparison evaluation evaluation.calibration figures",
    "evaluation_report.web_page": ".caveats .charts .formulas .mistakes .plain_text .report .values "
    "datasets.registry evaluation figures progress publishing",
    "evaluation_report.sizes": ".charts .mistakes evaluation",
    "evaluation_report": ".plain_text .report .sizes .values .web_page",
    "training.losses": "config",
    "training.optimizing": "config",
    "training.network": ".losses .optimizing batches config zoo.catalog",
    "training.checkpoint": "errors files runs",
    "training.phases": "config errors zoo.catalog",
    "training.validating": ".losses config datasets preprocessing",
    "training.watching": "datasets datasets.fingerprint errors runs",
    "training.tensorboard": "runs",
    "training.reporting": ".tensorboard runs",
    "training.teaching": ".network batches config emotions errors files preprocessing teaching",
    "training.stepping": ".teaching batches runs",
    "training.device_pixels": "augmentation batches config preprocessing",
    "training.on_device": ".device_pixels .losses .stepping .teaching batches config preprocessing runs",
    "training.trainer": ".checkpoint .device_pixels .network .on_device .phases .reporting .stepping "
    ".teaching .tensorboard .validating .watching batches config datasets errors files fine_tuning runs "
    "schedules zoo.imagenet",
    "training.export": ".network .validating batches cards config datasets datasets.browsing datasets.views "
    "errors evaluation files recognition runs tempering zoo.catalog",
    "training.loading": ".network cards config errors files paths runs weights",
    "training.renewal": ".export .loading .watching batches cards datasets datasets.browsing errors "
    "files paths progress recognition runs",
    "training.bringing": ".export .network cards errors files model_files model_files.keeping paths progress "
    "publishing weights",
    "training.folding": ".export .loading cards datasets.browsing errors files paths progress publishing "
    "recognition tempering",
    "training": ".export .network .trainer",
    "training.__main__": ".export .network .trainer config datasets errors runs",
    # from a camera to a drawn frame
    "faces.face": "",
    "faces.crops": ".face",
    "faces.lighting": "",
    "faces.tracking": ".face",
    "faces.patch": ".face",
    "faces.haar": "errors .face",
    "faces.profile": ".face .haar .tracking",
    "faces.yunet": ".face errors files paths",
    "faces.dlib_hog": ".face errors",
    "faces.following": ".face .patch .tracking",
    "faces.catalog": ".dlib_hog .face .following .haar .profile .yunet errors",
    "faces": ".catalog .crops .face .following .haar .lighting .tracking",
    "temperatures": "config datasets datasets.views errors evaluation.calibration files paths",
    "live.settings": "config config.checks",
    "live.reading": "emotions faces",
    "live.meter": "",
    "live.history": ".reading emotions",
    "live.steadying": ".settings emotions",
    "live.baseline": "emotions",
    "live.recognizer": ".baseline .history .meter .reading .settings .steadying emotions errors faces "
    "recognition tempering",
    "live": ".history .meter .reading .recognizer .settings",
    "drawing": "emotions faces live",
    "video.probing": "errors",
    "video.writing": "",
    "video.table": "emotions errors files live",
    "video.annotating": ".probing .table .writing drawing errors faces files live progress recognition",
    "video": ".annotating .probing .table .writing",
    "recording": "errors files live paths video.table video.writing",
    "streaming": "drawing live recording",
    "ice_servers": "errors",
    "picture_answers": "drawing emotions live",
    "films": "drawing emotions errors files jobs live paths video",
    # over all of it
    "bench.stopwatch": "",
    "bench.rivals": "config faces preprocessing training zoo.catalog",
    "bench.material": "datasets errors",
    "bench.live": ".material .rivals .stopwatch datasets.portrait drawing errors faces faces.patch live "
    "machine pictures progress recognition",
    "bench.loading": ".material .rivals .stopwatch datasets paths progress",
    "bench.pages": ".material .stopwatch errors paths progress",
    "bench.faults": ".material .rivals .stopwatch datasets datasets.fingerprint faults faults.duplicates "
    "faults.measures progress recognition",
    "bench.evaluating": ".material .pages .rivals .stopwatch datasets evaluation explanation machine paths "
    "progress recognition robustness",
    "bench.untrained": "batches cards config emotions training",
    "bench.costing": ".stopwatch cards errors machine paths preprocessing progress recognition "
    "zoo.blueprint zoo.catalog zoo.costs",
    "bench.predicting": ".costing .material .rivals .stopwatch cost_table progress recognition zoo.costs",
    "bench.training": ".material .rivals .stopwatch config datasets errors paths progress runs "
    "training.trainer zoo.catalog",
    "bench": ".evaluating .faults .live .loading .pages .predicting .stopwatch .training",
    "command_line": "",
    "command_line.terminal": "progress",
    "command_line.options": "config errors",
    "command_line.training_options": ".options augmentation.presets config errors zoo.catalog",
    "command_line.evaluation_commands": ".options .run_commands .terminal comparison config datasets "
    "datasets.views emotions errors evaluation evaluation_report files machine publishing recognition",
    "command_line.replication_commands": ".options .run_commands .terminal datasets errors replication",
    "command_line.run_commands": ".terminal .training_options config datasets errors fine_tuning runs",
    "bench.detecting": ".stopwatch datasets errors evaluation faces faces.catalog faces.tracking pictures "
    "progress recognition",
    "command_line.detector_commands": ".options .run_commands .terminal bench.detecting datasets faces "
    "faces.catalog files recognition",
    "command_line.reading_options": "faces live recognition",
    "command_line.picture_commands": ".reading_options .run_commands .terminal drawing faces files live "
    "picture_answers pictures",
    "command_line.video_commands": ".reading_options .run_commands .terminal drawing errors live video",
    "quantizing": "bench.stopwatch cards comparison datasets errors evaluation files progress recognition "
    "training.export training.loading",
    "command_line.quantizing_commands": ".options .run_commands .terminal datasets datasets.views errors "
    "quantizing",
    "command_line.cost_commands": ".run_commands .terminal cost_table zoo.costs",
    "command_line.model_file_commands": ".run_commands .terminal files model_files model_files.writing "
    "training.bringing",
    "command_line.calibration_commands": ".options .run_commands .terminal datasets datasets.views errors "
    "evaluation evaluation.calibration recognition temperatures training.folding",
    "command_line.robustness_commands": ".options .run_commands .terminal datasets datasets.views emotions "
    "errors evaluation machine recognition robustness",
    "command_line.explaining_commands": ".options .run_commands .terminal datasets emotions errors "
    "explanation explanation.picture files recognition training.renewal",
    "__main__": "command_line.calibration_commands command_line.model_file_commands "
    "command_line.cost_commands command_line.quantizing_commands command_line.replication_commands "
    "command_line.picture_commands command_line.video_commands "
    "command_line.detector_commands bench command_line command_line.evaluation_commands "
    "command_line.explaining_commands command_line.options "
    "command_line.robustness_commands command_line.run_commands "
    "command_line.terminal config datasets datasets.convert datasets.downloads datasets.fingerprint "
    "datasets.views diagnosis diagnosis.report drawing errors face_map faces faults files "
    "jobs live "
    "pictures progress pace publishing recognition runs zoo.blueprint zoo.catalog zoo.drafting",
}

HEAVY = {"keras", "tensorflow", "jax", "torch"}
HEAVY_ROOMS = {
    *("zoo.tiny_cnn", "zoo.mini_xception", "zoo.paired_cnn", "zoo.four_block_cnn", "zoo.four_block_cnn_elu"),
    *("zoo.block_cnn", "zoo.backbone", "zoo.efficientnet_b2", "zoo.resnet50", "zoo.imagenet"),
    *("zoo.small_resnet", "zoo.half_resnet18", "zoo.normalization", "zoo.drafting", "bench.rivals"),
    *("training.losses", "training.optimizing", "training.network", "training.checkpoint"),
    *("training.validating", "training.export", "training.phases", "training.trainer"),
    *("training.stepping", "training.teaching", "training.device_pixels", "training.on_device"),
    "training.bringing",
}
# What a page may use besides fer and the parts, and what a part may.
PAGE_LIBRARIES = {"streamlit", "numpy"}
PART_LIBRARIES = PAGE_LIBRARIES | {"cv2", "plotly", "av", "streamlit_webrtc"}


def allowed(room: str) -> set[str]:
    """What a room's line names, in whole names below fer."""
    package = room if any(other.startswith(f"{room}.") for other in ROOMS) else room.rpartition(".")[0]
    return {f"{package}{name}" if name.startswith(".") else name for name in ROOMS[room].split()}


SOURCES = sorted(
    [*PROJECT_ROOT.glob("fer/**/*.py"), *PROJECT_ROOT.glob("pages/**/*.py"), PROJECT_ROOT / "app.py"]
)
PAGES = sorted(PROJECT_ROOT.glob("pages/[0-9]*.py"))


def module_name(path: Path) -> str:
    """The dotted name of a source file; a package is called as its folder."""
    return ".".join(path.relative_to(PROJECT_ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(path): path for path in SOURCES}
FER_MODULES = [name.removeprefix("fer.") for name in MODULES if name.startswith("fer.")]
PART_MODULES = [name for name in MODULES if name.startswith("pages.parts.")]


@cache
def imports(name: str) -> frozenset[str]:
    """Every module that `name` imports, anywhere in its text; ours by their whole names."""

    def found() -> Iterator[str]:
        for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{name} imports relatively; write the whole name."
                assert node.module is not None
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    yield whole if whole in MODULES else node.module

    return frozenset(found())


def ours(name: str) -> set[str]:
    """The modules of this project that `name` imports."""
    return {module for module in imports(name) if module.split(".")[0] in {"fer", "pages", "app", "tests"}}


def libraries(name: str) -> set[str]:
    """The third parties that `name` imports."""
    return {module.split(".")[0] for module in imports(name) - ours(name)} - sys.stdlib_module_names


def test_every_module_of_fer_has_its_place_in_the_table() -> None:
    assert sorted(ROOMS) == sorted(FER_MODULES)


@pytest.mark.parametrize("room", FER_MODULES)
def test_a_module_of_fer_imports_only_what_its_line_allows(room: str) -> None:
    assert {name.removeprefix("fer.") for name in ours(f"fer.{room}")} - allowed(room) == set()


def test_the_table_allows_nothing_that_is_not_there() -> None:
    assert set().union(*map(allowed, ROOMS)) - set(ROOMS) == set()


def test_data_flows_one_way() -> None:
    assert list(TopologicalSorter({room: allowed(room) for room in ROOMS}).static_order())  # or CycleError
    assert list(TopologicalSorter({name: ours(name) for name in MODULES}).static_order())


@pytest.mark.parametrize("room", FER_MODULES)
def test_fer_never_imports_streamlit_and_only_heavy_rooms_import_keras(room: str) -> None:
    used = libraries(f"fer.{room}")
    assert not any(name.startswith("streamlit") for name in used)
    assert bool(used & HEAVY) == (room in HEAVY_ROOMS)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_imports_parts_and_fer_and_no_other_page(page: Path) -> None:
    name = module_name(page)
    assert {module for module in ours(name) if not module.startswith(("fer.", "pages.parts."))} == set()
    assert libraries(name) - PAGE_LIBRARIES == set()


@pytest.mark.parametrize("part", PART_MODULES)
def test_a_part_imports_parts_and_fer_and_no_page(part: str) -> None:
    assert {module for module in ours(part) if not module.startswith(("fer.", "pages.parts."))} == set()
    assert libraries(part) - PART_LIBRARIES == set()


def test_the_frame_holds_nothing_that_a_page_needs() -> None:
    assert ours("app") == set()
    assert libraries("app") == {"streamlit"}


def test_no_page_opens_a_heavy_room() -> None:
    heavy = {f"fer.{room}" for room in HEAVY_ROOMS}
    for name in ["app", *map(module_name, PAGES), *PART_MODULES]:
        assert ours(name) & heavy == set(), name


def test_the_frame_lists_exactly_the_pages_there_are() -> None:
    calls = [node for node in ast.walk(ast.parse(MODULES["app"].read_text())) if isinstance(node, ast.Call)]
    listed = [
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "Page"
        and isinstance(call.args[0], ast.Constant)
    ]
    assert sorted(listed) == [page.relative_to(PROJECT_ROOT).as_posix() for page in PAGES]


def test_what_the_server_imports_loads_no_tensorflow() -> None:
    served = {"fer.runs", "fer.recognition", "fer.evaluation", "fer.__main__", "fer.bench", *PART_MODULES}
    for name in [*map(module_name, PAGES), *PART_MODULES]:
        served |= {module for module in ours(name) if module.startswith("fer.")}
    script = (
        "import importlib, sys\n"
        f"for name in {sorted(served)!r}: importlib.import_module(name)\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    child = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    assert (child.returncode, child.stdout) == (0, "[]\n"), child.stderr


def test_no_file_names_a_place_of_one_machine() -> None:
    # Whole folders of somebody's machine, at the beginning of a path.
    place = re.compile(r"(?<![\w.~}])(/(home|Users|work|root|mnt)/\w|[A-Z]:\\\\?Users)")
    folders = ("fer", "pages", "tests", ".ci", ".streamlit", "models/pretrained", "models/replications")
    kinds = {".py", ".toml", ".md", ".txt", ".json", ""}
    inside = (path for name in folders for path in (PROJECT_ROOT / name).rglob("*"))
    named = [
        f"{path.relative_to(PROJECT_ROOT)}: {match.group()}"
        for path in (*PROJECT_ROOT.glob("*"), *inside)
        if path.is_file() and path.suffix in kinds and path != Path(__file__)
        for match in place.finditer(path.read_text(encoding="utf-8"))
    ]
    assert named == []
