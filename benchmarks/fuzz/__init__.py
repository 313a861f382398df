"""Bad input (模糊测试): whatever comes in, nothing crashes, nothing hangs, and what is refused is told why.

``bases`` holds sound inputs, ``mutations`` spoils them, ``targets`` says what takes them and what counts as an answer,
``requests`` does both for HTTP. What failed once is kept in ``tests/fuzzing/corpus`` and tried in every test run.
"""
