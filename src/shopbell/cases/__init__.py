"""Problems with a form and a workflow, posted into the thread."""
