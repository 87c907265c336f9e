"""What the parser's settings are: the shared ones and bounds on what a disclosure may hold."""

from pydantic import Field

from services.parser.reading import Limits
from shared.settings import Settings


class ParserSettings(Settings):
    """Read from `GONGKAI_PARSER_…`; the shared settings keep their own names."""

    parser_file_megabytes: int = Field(default=128, gt=0, description="size of one file or archive member, MiB")
    parser_total_megabytes: int = Field(
        default=512, gt=0, description="size of a disclosure's files together, archives unpacked, MiB"
    )
    parser_members: int = Field(default=1000, gt=0, description="files in all archives of a disclosure")
    parser_scans: int = Field(
        default=25,
        ge=0,
        description="pages and pictures of a disclosure whose text is recognised (extra `ocr`); each takes 3 s"
        " of a processor, so give GONGKAI_TASK_SECONDS more with it; 0: none",
    )

    @property
    def limits(self) -> Limits:
        """The bounds as readers take them."""
        return Limits(
            file_bytes=self.parser_file_megabytes * 1024 * 1024,
            total_bytes=self.parser_total_megabytes * 1024 * 1024,
            members=self.parser_members,
            scans=self.parser_scans,
        )
