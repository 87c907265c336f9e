"""Every error of gongkai, in one tree; the runner branches on the class, never on the text.

    GongkaiError
    ├── TransientError       tried again with back-off; never a dead letter
    │   └── BusUnavailable · DatabaseUnavailable · ArchiveUnavailable · PortalUnavailable · TakenOver
    │       · Stalled
    ├── PermanentError       to the stage's dead-letter topic; its `cause` is the metric label
    │   └── Undecodable · Unsupported · Encrypted · EmptyFile · Corrupt (Crashed) · TooLarge · TimedOut
    │       · OutOfMemory · StageFailed
    ├── PortalError          ends in a portal outcome, never in a dead letter
    │   └── AddressRefused · Refused · Challenged · Blocked · Drifted (NotShown) · Gone ·
    │       EmptyListing · Incomplete · Moved
    ├── Damaged              a file of ours has changed by itself; ends the service, for trying again is no use
    └── UsageError           one sentence on stderr, exit 2
        └── SettingsInvalid · PortalInvalid

Each message is one sentence that names the thing and, where there is one, the mend.
"""

from typing import ClassVar


class GongkaiError(Exception):
    """The root: everything gongkai raises on purpose."""

    cause: ClassVar[str] = "error"


class TransientError(GongkaiError):
    """Something outside is away for now; the same call may go through later."""


class BusUnavailable(TransientError):
    cause = "bus_unavailable"


class DatabaseUnavailable(TransientError):
    cause = "database_unavailable"


class ArchiveUnavailable(TransientError):
    cause = "archive_unavailable"


class PortalUnavailable(TransientError):
    """A portal timed out, closed the connection or answered 5xx."""

    cause = "portal_unavailable"


class TakenOver(TransientError):
    """Another fetcher holds what this one was at work on."""

    cause = "taken_over"


class Stalled(TransientError):
    """A worker process used no processor for a long time: what it needs is away, or the message holds it up."""

    cause = "stalled"


class PermanentError(GongkaiError):
    """The input itself is at fault: trying again changes nothing."""


class Undecodable(PermanentError):
    """A message is not JSON, or not of its topic's model."""

    cause = "undecodable"


class Unsupported(PermanentError):
    """A file's format has no reader."""

    cause = "unsupported"


class Encrypted(PermanentError):
    """A file is protected by a password that nobody gave."""

    cause = "encrypted"


class EmptyFile(PermanentError):
    """A file has no content at all."""

    cause = "empty_file"


class Corrupt(PermanentError):
    """A file is damaged or not what its magic bytes promise."""

    cause = "corrupt"


class Crashed(Corrupt):
    """The process that read a file ended without a word: no sound file does that."""


class TooLarge(PermanentError):
    """A file, an archive member or a table passes its limit."""

    cause = "too_large"


class TimedOut(PermanentError):
    """Work on one message passed its time limit."""

    cause = "timed_out"


class OutOfMemory(PermanentError):
    """Work on one message passed its memory limit."""

    cause = "out_of_memory"


class StageFailed(PermanentError):
    """The stage itself broke on a message: a bug of gongkai, kept with its stack."""

    cause = "stage_failed"


class PortalError(GongkaiError):
    """A portal did not give what its file expects; the poll's outcome is `outcome`."""

    outcome: ClassVar[str] = "unreachable"


class AddressRefused(PortalError):
    """An address (given, redirected to or resolved) is private, link-local or off the allowed hosts."""

    cause = "address_refused"
    outcome = "refused"


class Refused(PortalError):
    """robots.txt or the portal's own answer forbids the request."""

    cause = "refused"
    outcome = "refused"


class Challenged(PortalError):
    """A script challenge (412, 521, cookie stub) stands where content should be."""

    cause = "challenged"
    outcome = "challenged"


class Blocked(PortalError):
    """403 or a firewall page."""

    cause = "blocked"
    outcome = "blocked"


class Drifted(PortalError):
    """A page no longer looks as the portal's file says."""

    cause = "drifted"
    outcome = "drifted"


class NotShown(Drifted):
    """A page shows something else than what its row promises."""


class Gone(PortalError):
    """A page or file is no longer there: 404, 410, or a page that says so with status 200."""

    cause = "gone"
    outcome = "drifted"


class EmptyListing(PortalError):
    """A list page gives no rows, or fewer than expected."""

    cause = "empty_listing"
    outcome = "empty"


class Incomplete(PortalError):
    """A list has more than could be read of it: a next page out of reach, a stated total not reached."""

    cause = "incomplete"
    outcome = "incomplete"


class Moved(PortalError):
    """A list that had disclosures shows none of them any more."""

    cause = "moved"
    outcome = "moved"


class Damaged(GongkaiError):
    """A file that gongkai keeps its state in cannot be read any more as what it was written."""

    cause = "damaged"


class UsageError(GongkaiError):
    """A wrong call, setting or portal file: one sentence on stderr, exit 2."""

    cause = "usage"


class SettingsInvalid(UsageError):
    cause = "settings_invalid"


class PortalInvalid(UsageError):
    cause = "portal_invalid"
