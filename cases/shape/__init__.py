"""The shape of a register: how often, never who. Fitted inside the house on the register's own rows, it
invents another register that looks like it, so that searches, hiding and estimates are tried on what they
will meet.

Pure. Rows come in as plain words, a shape leaves that holds no cell of few, and rows are drawn from that
alone.
"""
