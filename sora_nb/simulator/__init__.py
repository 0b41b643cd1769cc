"""A video service that is not there: it speaks every shape over HTTP and draws what it is asked for.

It is no model and says so: in its replies at `/`, in the panel, in the row and in the picture.
"""

from sora_nb.simulator.app import create_app
from sora_nb.simulator.local import local_app
from sora_nb.simulator.world import World

__all__ = ["World", "create_app", "local_app"]
