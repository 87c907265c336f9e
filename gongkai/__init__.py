"""gongkai for programs: read a file into records, know the records' models, take them from any bus.

from gongkai import extract
pandas.DataFrame(extract("budget.pdf").rows("budget_line"))
"""

from gongkai import records, topics
from gongkai.extraction import Extraction, extract
from shared.errors import GongkaiError
from shared.version import VERSION

__version__ = VERSION
__all__ = ["Extraction", "GongkaiError", "__version__", "extract", "records", "topics"]
