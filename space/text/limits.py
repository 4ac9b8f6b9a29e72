"""The most that visitors and model folders may ask of the server, in one place.

docs/operating.md has this as a table: the line below each constant, and its value.
"""


# what arrives at the server

MAX_UPLOAD_BYTES = 20_000_000
"""bytes of an upload"""
MAX_REQUEST_BYTES = 300_000
"""bytes of any other request"""
MAX_DRAWING_BYTES = 2_000_000
"""bytes of a drawing on its way to the server"""
MAX_DRAWINGS = 100
"""drawings that have arrived and wait for the call that takes them; the oldest goes first"""
MAX_WAITING_EACH = 20
"""calls of one visitor that wait; opening all tabs at once makes fewer"""
ANSWER_SECONDS = 300
"""seconds that an answer is kept for the caller to fetch it"""
MAX_ANSWERS_EACH = 200
"""answers that are kept so for one address; the oldest goes first"""
MAX_KNOWN = 10_000
"""visitors of whom the queue knows who came first"""
MAX_SESSIONS = 500
"""visitors whose drawings and uploads are remembered; whoever was away longest is forgotten first"""

# what stays on its disk

TEMPORARY_SECONDS = 3600
"""seconds that uploads and pictures are kept"""
MAX_TEMPORARY_BYTES = 2_000_000_000
"""bytes of uploads and pictures together; the oldest go first"""
MAX_TEMPORARY_FILES = 20_000
"""uploads and pictures together; the oldest go first"""

# pictures

MAX_MEGAPIXELS = 40
"""megapixels of a picture; decoded, that is 120 MB as RGB"""
MAX_METADATA_BYTES = 64_000_000
"""bytes that texts and the colour profile of a PNG unpack to"""
MAX_SQUARE = 256
"""pixels a side of a picture that is translated; of a larger one the middle is scaled down"""

# a call

MAX_SAMPLES = 64
"""samples of a call of /generate"""
MAX_SCALE = 2.0
"""factor of the noise that samples are made from"""
MAX_ROWS = 40
"""rows of a grid of /manifold"""
MAX_STEPS = 32
"""pictures of a call of /interpolate"""
MAX_LATENT = 10_000.0
"""size of a number of a latent vector"""
MAX_NUMBERS = 5000
"""numbers of a call of /heights"""
MAX_CALLS = 64
"""steps of a call of /denoise; each asks the network once, with guidance twice"""
MAX_DENOISED = 1024
"""steps of all pictures that are denoised at once for a browser that cannot"""
MAX_RESAMPLINGS = 10
"""times that /denoise does a step where it fills something in"""
MAX_GUIDANCE = 5.0
"""weight of the digit that /denoise, /complete and /generate are asked for"""
MAX_COMPLETED = 16
"""pictures of a call of /complete, or that are completed at once for a browser that cannot"""
MIN_TEMPERATURE = 0.1
"""least temperature of /complete"""
MAX_TEMPERATURE = 2.0
"""temperature of /complete, which divides the log-odds of a pixel"""
MAX_SEED = 2**32 - 1
"""a seed"""
MAX_ADDRESS = 300
"""characters of an address that becomes a QR code"""
MAX_SAID = 60
"""characters of a visitor's value that an error repeats"""

# a model folder, wherever it comes from

MAX_MODEL_BYTES = 200_000_000
"""bytes of a model folder"""
MAX_MODEL_FILES = 1000
"""files of a model folder"""
MAX_LISTING_BYTES = 2_000_000
"""bytes of the Hub's list of a repository's files"""
MAX_CONFIG_BYTES = 10_000
"""bytes of config.json"""
MAX_SIDE_FILE_BYTES = 5_000_000
"""bytes of a file of metrics, history or codes, or of the model card; larger ones are not read"""
MAX_SIDE_ROWS = 50_000
"""rows of a file of history or codes"""
MAX_METRICS = 100
"""metrics of metrics.json that are shown"""
MAX_PROTOCOL = 2000
"""characters of the protocol of a metric"""
MAX_FRAMES = 64
"""pictures of a training run that are shown"""
MAX_FRAME_PIXELS = 1_000_000
"""pixels of each of them"""
MAX_FRAME_BYTES = 1_000_000
"""bytes of each of them"""
MAX_FRAMES_BYTES = 8_000_000
"""bytes of all of them; of a heavier run every second one is left out, until it fits"""
