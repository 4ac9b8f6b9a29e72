"""What the manifold tab says.

Keys `manifold.map.*` go to the component `LatentMap`, whose script picks the language in the browser.
"""

TEXT = {
    "manifold.tab": ("Manifold", "매니폴드"),
    "manifold.intro": (
        "A variational autoencoder learns a distribution, not just a latent vector: the encoder gives "
        "$q(z\\,|\\,x)=\\mathcal N(\\mu,\\sigma^2)$ for each image, and training maximises the evidence "
        "lower bound\n\n$$\\begin{gathered}\\log p(x)\\;\\ge\\;\\mathbb E_{q(z\\,|\\,x)}\\big[\\log "
        "p(x\\,|\\,z)\\big]\\\\-\\,D_{\\mathrm{KL}}\\big(q(z\\,|\\,x)\\,\\|\\,\\mathcal "
        "N(0,I)\\big).\\end{gathered}$$\n\nThe first term asks for good reconstructions; the second draws "
        "all of them towards one Gaussian: so it is known where to draw samples from. A plain autoencoder "
        "has the first term only. **Drag on a map:** each point is a latent vector $z$, decoded as you "
        "move.",
        "변분 오토인코더(VAE)는 잠재 벡터 하나가 아니라 분포를 학습합니다. 인코더는 각 이미지에 대해 "
        "$q(z\\,|\\,x)=\\mathcal N(\\mu,\\sigma^2)$를 출력하고, 학습은 다음의 ELBO(evidence lower bound)를 "
        "최대화합니다.\n\n$$\\begin{gathered}\\log p(x)\\;\\ge\\;\\mathbb E_{q(z\\,|\\,x)}\\big[\\log "
        "p(x\\,|\\,z)\\big]\\\\-\\,D_{\\mathrm{KL}}\\big(q(z\\,|\\,x)\\,\\|\\,\\mathcal "
        "N(0,I)\\big)\\end{gathered}$$\n\n첫째 항은 재구성이 정확하도록 하고, 둘째 항은 모든 분포를 하나의 "
        "정규분포로 끌어당깁니다. 그래서 어디에서 표본을 뽑아야 하는지가 정해집니다. 기본 오토인코더에는 "
        "첫째 항만 있습니다. **지도 위를 드래그해 보세요.** 지도의 한 점이 잠재 벡터 $z$ 하나이며, "
        "움직이는 대로 디코딩됩니다.",
    ),
    "manifold.vae": ("## Variational autoencoder", "## 변분 오토인코더 (VAE)"),
    "manifold.autoencoder": ("## Autoencoder", "## 오토인코더"),
    "manifold.hint": (
        "## What to look for\n- **Smoothness.** On the VAE's map one digit turns into the next without a "
        "break.\n- **Overlaps.** Where colours mix (4 and 9, 3 and 5 and 8) the decoder draws something in "
        "between.\n- **Holes.** Two numbers force either model to fill its plane. A classifier is less "
        "than 90 % sure of its answer on about one place in ten of both maps.\n- **Place and scale.** What "
        "the autoencoder lacks is a known place to draw from. Its latent vectors lie in rays and islands "
        "on axes that reach from $-22$ to $15$; those of the VAE lie around 0 within $\\pm3.5$, as its "
        "loss asks. Samples of $\\mathcal N(0,I)$ leave the classifier unsure in 11 % of the VAE's "
        "pictures and in 25 % of the autoencoder's. With more dimensions the difference is plain: compare "
        "the two in the tab that makes pictures.\n- **Spacing.** Gaussian quantiles (the inverse CDF) give "
        "every tile the same share of the Gaussian; the VAE's digits then fill the square almost evenly, "
        "while the autoencoder's do not even with a Gaussian fitted to them.",
        "## 무엇을 볼까요?\n- **매끄러움.** VAE의 지도에서는 한 숫자가 끊김 없이 다른 숫자로 바뀝니다.\n- "
        "**겹침.** 색이 섞이는 곳(4와 9, 3과 5와 8)에서는 디코더가 둘 사이의 모양을 그립니다.\n- **빈 "
        "곳.** 값이 두 개뿐이면 어떤 모델이든 평면을 채울 수밖에 없습니다. 분류기의 확신이 90 %에 못 "
        "미치는 곳은 두 지도 모두 열 곳 가운데 한 곳쯤입니다.\n- **위치와 크기.** 오토인코더에 없는 것은 "
        "표본을 뽑을 자리입니다. 잠재 벡터가 방사형으로 뻗거나 섬처럼 흩어져 있고 축은 $-22$에서 $15$까지 "
        "이릅니다. VAE의 잠재 벡터는 손실이 요구하는 대로 0을 중심으로 $\\pm3.5$ 안에 있습니다. $\\mathcal "
        "N(0,I)$에서 뽑은 표본 가운데 분류기가 확신하지 못하는 그림은 VAE가 11 %, 오토인코더가 25 %입니다. "
        "차원이 커지면 차이가 뚜렷해집니다. 그림을 만드는 탭에서 둘을 비교해 보세요.\n- **간격.** 정규분포 "
        "분위수 간격(inverse CDF)에서는 모든 칸이 같은 확률을 차지합니다. 이때 VAE의 숫자는 정사각형을 "
        "거의 고르게 채우지만, 오토인코더는 잠재 벡터에 맞춘 정규분포를 써도 그렇지 않습니다.",
    ),
    "manifold.digit": (
        "## Where does a digit lie?\nClick on a test digit or draw one: the encoder marks it on both maps. "
        "The VAE gives $\\mu$ and $\\sigma$ (ellipses of 1 and 2 $\\sigma$; dots are re-samples), the "
        "autoencoder a point.",
        "## 이 숫자는 어디에 있을까요?\n테스트 숫자를 누르거나 직접 그리면 인코더가 두 지도에 위치를 "
        "표시합니다. VAE는 $\\mu$와 $\\sigma$(1$\\sigma$, 2$\\sigma$ 타원, 작은 점은 다시 뽑은 표본)를, "
        "오토인코더는 점 하나를 출력합니다.",
    ),
    "manifold.sketch": ("Draw a digit of your own", "숫자 직접 그리기"),
    "manifold.start_sheet": ("First digit", "첫 번째 숫자"),
    "manifold.seen": ("What the encoder sees", "인코더의 입력"),
    "manifold.resampled": ("Decoded: μ, then samples of q(z|x)", "디코딩: μ, 이어서 q(z|x)의 표본"),
    "manifold.alt.seen": ("The first digit, as the encoder gets it", "인코더에 입력되는 첫 번째 숫자"),
    "manifold.alt.resampled": (
        "A row of digits: the one that μ decodes to, then eight samples of q(z|x)",
        "나란히 놓인 숫자: μ를 디코딩한 것, 이어서 q(z|x)의 표본 8개",
    ),
    "manifold.alt.strip": (
        "{count} digits on the way from the first to the second, decoded by {model}",
        "첫 번째 숫자에서 두 번째 숫자로 가는 {count}단계, {model} 모델의 디코딩 결과",
    ),
    "manifold.alt.deep": (
        "The digit that {model} decodes from these sliders",
        "슬라이더 값을 {model} 모델이 디코딩한 숫자",
    ),
    "manifold.seed": ("Seed", "시드"),
    "manifold.again": ("Sample again", "다시 뽑기"),
    "manifold.between": (
        "## From one digit to another\nChoose a second digit: the dashed line on each map is the straight "
        "way between the two latent vectors, and the strips show what lies on it. From this 2 to this 6 "
        "the VAE shows a digit nearly all the way; on other pairs the autoencoder does as well.",
        "## 한 숫자에서 다른 숫자로\n두 번째 숫자를 선택하세요. 지도의 점선은 두 잠재 벡터를 잇는 "
        "직선이고, 아래의 그림은 그 위의 점들을 디코딩한 결과입니다. 이 2에서 이 6까지 VAE는 거의 내내 "
        "숫자를 그립니다. 다른 쌍에서는 오토인코더도 그만큼 잘합니다.",
    ),
    "manifold.end_sheet": ("Second digit", "두 번째 숫자"),
    "manifold.steps": ("Steps", "단계 수"),
    "manifold.strip_vae": ("VAE", "변분 오토인코더 (VAE)"),
    "manifold.strip_autoencoder": ("Autoencoder", "오토인코더"),
    "manifold.deep": (
        "## Twenty dimensions\nNo map can show them. Each has a slider, the dimension with the largest share "
        "of the KL divergence first. A dimension near 0 nats carries no information: its slider changes "
        "nothing.",
        "## 20차원 잠재 공간\n지도로 나타낼 수는 없지만, 차원마다 슬라이더를 두고 KL 발산에서 차지하는 몫이 "
        "큰 차원부터 늘어놓았습니다. 0 nats에 가까운 차원은 정보를 담지 않으므로 움직여도 그림이 변하지 "
        "않습니다.",
    ),
    "manifold.deep_image": ("Decoded by {model}", "{model}의 디코딩 결과"),
    "manifold.from_origin": ("Start from z = 0", "z = 0에서 시작"),
    "manifold.from_digit": ("Start from my digit's μ", "내 숫자의 μ에서 시작"),
    "manifold.map.map": (
        "Map of the latent space: drag, or use the arrow keys (with Shift in larger steps, Home for the "
        "middle)",
        "잠재 공간 지도: 드래그하거나 방향 키로 움직이세요 (Shift를 누르면 크게, Home은 가운데로)",
    ),
    "manifold.map.decoded": ("The digit decoded at this point", "이 점에서 디코딩한 숫자"),
    "manifold.map.legend": ("Highlight the test digits of one class", "한 클래스의 테스트 숫자 강조"),
    "manifold.map.grid": ("Decoded grid", "디코딩 격자"),
    "manifold.map.codes": ("Test digits", "테스트 숫자"),
    "manifold.map.sure": ("How sure a classifier is", "분류기의 확신"),
    "manifold.map.unsure": (
        "Orange: the less sure a classifier is of its answer, the stronger. On {share} % of {count} places "
        "it is less than 90 % sure.",
        "주황색이 진할수록 분류기가 답을 확신하지 못합니다. {count}곳 가운데 {share} %에서 확신이 90 % "
        "미만입니다.",
    ),
    "manifold.map.spacing": ("Spacing", "간격"),
    "manifold.map.linear": ("linear", "선형"),
    "manifold.map.inverse_gaussian": ("Gaussian quantiles", "정규분포 분위수"),
    "manifold.map.hub": ("from the Hub", "Hub에서 받음"),
    "manifold.map.cache": ("from the Hub's cache", "Hub 캐시에서"),
    "manifold.map.bundled": (
        "bundled with this app",
        "앱에 포함됨",
    ),
    "problem.latent": (
        "{model} needs z as a list of {latent_dim} numbers, each from -{most:g} to {most:g}; it is {value}.",
        "{model}의 z는 -{most:g}부터 {most:g}까지의 숫자 {latent_dim}개로 된 목록이어야 합니다. 받은 값: "
        "{value}",
    ),
}
