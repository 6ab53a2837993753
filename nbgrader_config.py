"""What nbgrader needs to know to take the chapters as assignments: a part each."""

c = get_config()
c.CourseDirectory.source_directory = "notebooks"
# A chapter has half a minute to run and checks that stop a loop themselves; this is the net below.
c.ExecutePreprocessor.timeout = 300
c.ExecutePreprocessor.interrupt_on_timeout = True
