"""The dark figure in the register: its lists, pages and kept estimates. libs.capture_recapture computes."""
