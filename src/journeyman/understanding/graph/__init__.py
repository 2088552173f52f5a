"""Who defines, calls, extends and tests what, worked out from what each file says by itself."""
