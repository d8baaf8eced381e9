"""Course: a guided path of short lessons, each with a task that is checked on the learner's own work.

A lesson is data, a file each in `fer.course.lessons`. Its check is a pure function over what the learner did
(`Work`): the same work always gets the same verdict, and nothing is asked of a model.
"""

from fer.course.lesson import Lesson as Lesson
from fer.course.lesson import Mark as Mark
from fer.course.lesson import Question as Question
from fer.course.lesson import SetUp as SetUp
from fer.course.lesson import Solution as Solution
from fer.course.lesson import Station as Station
from fer.course.lesson import Verdict as Verdict
from fer.course.lessons import LESSONS as LESSONS
from fer.course.lessons import lesson_called as lesson_called
from fer.course.progress import CourseProgress as CourseProgress
from fer.course.progress import State as State
from fer.course.progress import load_progress as load_progress
from fer.course.progress import save_progress as save_progress
from fer.course.work import Guess as Guess
from fer.course.work import RunRecord as RunRecord
from fer.course.work import Work as Work
from fer.course.work import read_work as read_work
