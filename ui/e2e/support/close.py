"""Closes the window of this title as a window manager does: WM_DELETE_WINDOW (ICCCM 4.2.8.1). A screen without one has no other way."""

import sys

from Xlib import X, display
from Xlib.protocol import event


def windows(parent):
    for child in parent.query_tree().children:
        yield child
        yield from windows(child)


screen = display.Display()
delete = screen.intern_atom("WM_DELETE_WINDOW")
found = [w for w in windows(screen.screen().root) if w.get_wm_name() == sys.argv[1] and delete in w.get_wm_protocols()]
if len(found) != 1:
    sys.exit(f"{len(found)} windows have the title {sys.argv[1]}")
message = event.ClientMessage(
    window=found[0],
    client_type=screen.intern_atom("WM_PROTOCOLS"),
    data=(32, [delete, X.CurrentTime, 0, 0, 0]),
)
found[0].send_event(message, event_mask=0)
screen.sync()
