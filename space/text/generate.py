"""Texts of the generate tab. Keys `generate.panel.*` go to generate.js, which picks the language itself."""

TEXT = {
    "generate.tab": ("Generate", "생성"),
    "generate.intro": (
        "A generator turns noise into pictures: draw a latent vector $z\\sim\\mathcal N(0,I)$, show "
        "$x=G(z)$. In a GAN a second network, the discriminator, answers with the probability $D(x)$ that "
        "a picture is real. The best possible one would answer\n\n"
        "$$D^*(x)=\\frac{p_{\\text{data}}(x)}{p_{\\text{data}}(x)+p_G(x)}$$\n\nso that $D(G(z))$ near 0 "
        "means *seen through*, near 1 *taken for real*, and $\\tfrac12$ *cannot tell*: there the game has "
        "its equilibrium. Below, two models draw from the same seed, what $D$ thinks best first. **Move "
        "the latent scale, compare the first with the last, and click on samples** to walk between them or "
        "to calculate with them.",
        "생성자(generator)는 잡음을 그림으로 바꿉니다. 잠재 벡터 $z\\sim\\mathcal N(0,I)$를 뽑아 "
        "$x=G(z)$를 보여 줍니다. GAN에는 두 번째 신경망인 판별자(discriminator)가 있어, 그림이 진짜일 확률 "
        "$D(x)$를 출력합니다. 최적의 판별자의 출력은 다음과 같습니다.\n\n"
        "$$D^*(x)=\\frac{p_{\\text{data}}(x)}{p_{\\text{data}}(x)+p_G(x)}$$\n\n따라서 $D(G(z))$가 0에 "
        "가까우면 *가짜임을 알아챈 것*, 1에 가까우면 *진짜로 속은 것*, $\\tfrac12$이면 *구별하지 못하는 "
        "것*이며, 이때가 게임의 균형점입니다. 아래에서는 두 모델이 같은 시드로 그림을 생성하고, $D$가 높게 "
        "본 것부터 늘어놓습니다. **잠재 벡터의 배율을 바꾸고, 처음과 끝을 견주고, 표본을 눌러** 그 사이를 "
        "이동하거나 연산해 보세요.",
    ),
    "generate.model": ("Model", "모델"),
    "generate.model.info": (
        "Or paste the id of a repository on the Hub, OWNER/NAME.",
        "Hub 저장소의 ID(OWNER/NAME)를 붙여 넣어도 됩니다.",
    ),
    "generate.other": ("Compare with", "비교할 모델"),
    "generate.nothing": ("Nothing", "없음"),
    "generate.scale": ("Latent scale", "잠재 벡터의 배율"),
    "generate.scale.info": (
        "Multiplies z: at 0 one image for all, at 2 it is outside what G was trained on",
        "z에 곱하는 값입니다. 0이면 모두 같은 그림이고, 2이면 학습한 범위를 벗어납니다.",
    ),
    "generate.number": ("Samples", "표본 수"),
    "generate.number.info": (
        "More samples are added; the first ones stay",
        "표본 수를 바꾸어도 같은 번호의 표본은 같습니다.",
    ),
    "generate.seed": ("Seed", "시드"),
    "generate.again": ("Another seed", "다른 시드"),
    "generate.mean_score": ("Mean D(G(z))", "D(G(z))의 평균"),
    "generate.mean_score.note": ("of the samples above", "위의 표본 기준"),
    "generate.mean_score.real": (
        "of the samples above; {real} on real test digits",
        "위의 표본 기준 (실제 테스트 숫자: {real})",
    ),
    "generate.spread": ("Spread", "다양성"),
    "generate.spread.note": (
        "mean distance between two samples; {real} between real test digits",
        "두 표본 사이 거리의 평균 (실제 테스트 숫자: {real})",
    ),
    "generate.measured": ("Measured at latent scale 1", "배율 1에서 측정한 수치"),
    "generate.hints": (
        "## What to look for\n- **Fidelity against diversity.** Below scale 1 samples stay close to the "
        "typical and grow cleaner and more alike; above it they grow varied and break. Watch the "
        "spread.\n- **The judge.** All $D(G(z))$ lie near $\\tfrac12$, for the game ended in a balance; "
        "the bars show the place of each. The order still tells something: of 1,000 samples a classifier "
        "is less than 90 % sure of 36 among the hundred lowest and of none among the hundred highest "
        "(DCGAN: 19 and none).\n- **A hint against memorising.** On a walk most frames are digits or "
        "shapes between two, and none jumps; and below the samples stands the training digit nearest to "
        "the one that you click, of all 60,000.\n- **Arithmetic.** The length of $z$ is almost always "
        "near $\\sqrt d$ in $d$ dimensions. With single samples $a-b+c$ is $\\sqrt 3$ times as long, "
        "outside the shell that $G$ knows; the mean of three is $\\sqrt 3$ times shorter, which puts the "
        "result back. (The paper averages three because single samples were unstable.)",
        "## 무엇을 볼까요?\n- **품질과 다양성.** 배율이 1보다 작으면 표본이 전형적인 모양에 머물러 "
        "깨끗하지만 서로 비슷해지고, 1보다 크면 다양해지지만 모양이 무너집니다. 다양성 수치를 함께 "
        "보세요.\n- **심판.** 게임이 균형에서 끝났으므로 $D(G(z))$는 모두 $\\tfrac12$ 근처입니다. 막대는 "
        "그 안에서의 순위입니다. 순위에는 뜻이 있습니다. 표본 1,000개 가운데 분류기의 확신이 90 %에 못 "
        "미치는 것이 하위 100개에서는 36개, 상위 100개에서는 하나도 없습니다(DCGAN은 19개와 0개).\n- "
        "**암기가 아니라는 실마리.** 두 표본 사이를 이동하면 대부분의 프레임이 숫자이거나 그럴듯한 중간 "
        "모양이고, 갑자기 바뀌는 곳이 없습니다. 표본을 누르면 아래에 학습 데이터의 숫자 60,000개 가운데 "
        "가장 가까운 것이 나옵니다.\n- **벡터 연산.** $d$차원에서 $z$의 길이는 거의 항상 $\\sqrt d$ "
        "근처입니다. 표본 하나씩으로 계산한 $a-b+c$는 $\\sqrt 3$배 길어 $G$가 아는 껍질을 벗어납니다. 세 "
        "개를 평균하면 길이가 $1/\\sqrt 3$로 줄어 결과가 제자리로 돌아옵니다. (논문은 표본 하나로는 "
        "결과가 불안정해서 세 개를 평균했습니다.)",
    ),
    "generate.panel.slots": ("Click samples for", "표본을 누르면"),
    "generate.panel.walk_slot": ("walk", "보간"),
    "generate.panel.clear": ("Clear", "비우기"),
    "generate.panel.order": ("best to worst by D", "D 점수 높은 순"),
    "generate.panel.samples": (
        "Samples: choose with Enter, move with the arrow keys",
        "표본: Enter로 선택, 방향 키로 이동",
    ),
    "generate.panel.sample": ("Sample", "표본"),
    "generate.panel.walk": ("Walk through the latent space", "잠재 공간 보간"),
    "generate.panel.walk_hint": (
        "The walk leads through the chosen samples in turn and back to the first, on the sphere (slerp). "
        "Choose two to eight. Each row of the strip leads from one to the next.",
        "선택한 표본을 차례로 지나 처음으로 돌아오는 구면 선형 보간(slerp)입니다. 두 개에서 여덟 개까지 "
        "선택하세요. 한 줄이 한 표본에서 다음 표본까지입니다.",
    ),
    "generate.panel.strip": ("All frames of the walk", "보간의 모든 프레임"),
    "generate.panel.position": ("Frame of the walk", "보간의 프레임"),
    "generate.panel.speed": ("Speed", "속도"),
    "generate.panel.play": ("Play", "재생"),
    "generate.panel.pause": ("Pause", "일시 정지"),
    "generate.panel.sum": ("Arithmetic: a − b + c", "잠재 벡터 연산: a − b + c"),
    "generate.panel.sum_hint": (
        "Choose one to three samples for each; their vectors are averaged. Try a bold 7 − a thin 7 + a "
        "thin 1.",
        "각각 한 개에서 세 개까지 선택하면 벡터를 평균합니다. 예: 굵은 7 − 가는 7 + 가는 1",
    ),
    "generate.panel.result": ("result", "결과"),
    "generate.panel.length": (
        "Length of a − b + c: {length} (of a sample, about {typical})",
        "a − b + c의 길이: {length} (표본의 길이: 약 {typical})",
    ),
}
