"""Readers: one for each form in which faces with labels come, every one giving a `Dataset`.

Every `load_…` takes the place of the file or folder and

    progress    told how far the reading is
    skip_bad    leave out what is bad instead of refusing all; the dataset's notes say how many
    how         what the learner chose for reading it: which number is which emotion, …
    split       (tables) what all faces are for, in a table that does not say so

and returns grey faces of one size, (n, h, w, 1) uint8, of all seven emotions, in the order of the source.
`rows` are places in the source, counted from 0; what was left out leaves gaps. Faces of other emotions
(contempt, …) are left out, and a missing validation or test split takes a tenth of the training faces, each
emotion alike, with seed 0; the notes say so. Links that lead out of a folder are not followed.

Raises:
    PartlyBadDatasetError: some faces are bad and others are good; the message names the first. Not with
        `skip_bad`.
    MalformedDatasetError: it is not of that form, or no face is good.
"""
