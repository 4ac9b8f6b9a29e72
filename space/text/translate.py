"""What the translate tab says."""

TEXT = {
    "translate.tab": ("Translate", "스타일 변환"),
    "translate.intro": (
        "A CycleGAN learns to translate between two sets of pictures **that nobody paired**: here flat emoji "
        "(*A*, Twemoji) and rendered ones (*B*, Fluent 3D). $G$ goes there, $F$ comes back, and the way "
        "round must end where it began: $F(G(x))\\approx x$. **Pick an emoji, draw, or upload any picture**, "
        "and follow it round the circle.",
        "CycleGAN은 **짝지어지지 않은** 두 그림 집합 사이의 변환을 학습합니다. 여기서는 평면 "
        "이모지(*A*, Twemoji)와 입체 이모지(*B*, Fluent 3D)를 서로 바꿉니다. $G$로 갔다가 $F$로 돌아오면 "
        "처음 그림이 되어야 합니다: $F(G(x))\\approx x$. **이모지를 고르거나, 그리거나, 아무 그림이나 올려** "
        "한 바퀴를 따라가 보세요.",
    ),
    "translate.direction": ("Direction", "방향"),
    "translate.direction.ab": ("Twemoji → Fluent 3D", "Twemoji → Fluent 3D"),
    "translate.direction.ba": ("Fluent 3D → Twemoji", "Fluent 3D → Twemoji"),
    "translate.source": ("Picture", "그림"),
    "translate.source.emoji": ("Test emoji", "테스트 이모지"),
    "translate.source.draw": ("Draw", "직접 그리기"),
    "translate.source.upload": ("Upload", "파일 올리기"),
    "translate.sketch": ("Draw with colours", "색을 골라 그려 보세요"),
    "translate.upload": ("Any picture", "아무 그림"),
    "translate.size": ("Size", "크기"),
    "translate.size.info": (
        "Trained at 64. The networks are made of convolutions, so any size will do; the area that they see "
        "at once stays as many pixels.",
        "64에서 학습했습니다. 합성곱만으로 이루어져 어떤 크기든 변환하지만, 한 번에 바라보는 "
        "영역(픽셀 수)은 그대로입니다.",
    ),
    "translate.alt.x": ("The input picture, x", "입력 그림 x"),
    "translate.alt.translation": (
        "The input translated to {domain}, G(x)",
        "입력을 {domain}로 변환한 그림 G(x)",
    ),
    "translate.alt.back": (
        "The translation brought back to {domain}, F(G(x))",
        "변환한 그림을 다시 {domain}로 되돌린 그림 F(G(x))",
    ),
    "translate.alt.error": (
        "Error map: bright where the way back misses the input",
        "오차 지도: 되돌린 그림이 입력과 다를수록 밝음",
    ),
    "translate.alt.judged_x": (
        "What the discriminator says of each patch of x: blue real, orange generated",
        "x의 조각마다 판별자가 내린 판단: 파랑은 진짜, 주황은 생성",
    ),
    "translate.alt.judged_translation": (
        "What the discriminator says of each patch of G(x): blue real, orange generated",
        "G(x)의 조각마다 판별자가 내린 판단: 파랑은 진짜, 주황은 생성",
    ),
    "translate.alt.counterpart": (
        "The same emoji as the designers of the other set drew it, y",
        "상대 집합의 디자이너가 그린 같은 이모지 y",
    ),
    "translate.alt.identity": (
        "The input through the other generator, F(x)",
        "입력을 반대 방향 생성자에 넣은 그림 F(x)",
    ),
    "translate.x": ("input", "입력"),
    "translate.as": ("as {domain}", "{domain}로"),
    "translate.back": ("back as {domain}", "다시 {domain}로"),
    "translate.cycle": ("cycle L1", "순환 L1"),
    "translate.cycle.note": (
        "In the middle: the mean of |x − F(G(x))| over all pixels, from 0 to 1. On the way there G changed x "
        "by {change}.",
        "가운데 수는 |x − F(G(x))|의 픽셀 평균입니다(0~1). 가는 길에 G가 x를 바꾼 정도는 {change}입니다.",
    ),
    "translate.waiting": (
        "Shown at 64 × 64; the server is computing {size} × {size}.",
        "지금은 64 × 64로 보여 드립니다. 서버가 {size} × {size}로 계산하고 있습니다.",
    ),
    "translate.refused": (
        "Shown at 64 × 64; the server could not compute {size} × {size}. Change the picture or the size to "
        "try again.",
        "지금은 64 × 64로 보여 드립니다. 서버가 {size} × {size}로 계산하지 못했습니다. 다시 시도하려면 "
        "그림이나 크기를 바꿔 주세요.",
    ),
    "translate.large": (
        "Computed on the server, at {size} × {size}.",
        "{size} × {size}로 서버에서 계산했습니다.",
    ),
    "translate.slider": ("Before and after: x | G(x)", "변환 전과 후: x | G(x)"),
    "translate.judged": ("What the discriminators think", "판별자의 판단"),
    "translate.judged.note": (
        "A discriminator sees only patches and scores each of them; the number above is the mean. Orange: "
        "seen to be generated. Blue: taken for real. Grey: undecided.",
        "판별자는 그림을 작은 조각으로 보고 조각마다 점수를 매깁니다. 위의 수는 평균입니다. 주황은 가짜로 "
        "간파한 곳, 파랑은 진짜로 본 곳, 회색은 판단하지 못한 곳입니다.",
    ),
    "translate.generated": ("generated", "생성"),
    "translate.real": ("real", "진짜"),
    "translate.counterpart": ("What the designers drew", "디자이너가 실제로 그린 그림"),
    "translate.counterpart.note": (
        "L1 distance of G(x): {translated}. Of x itself, untranslated: {untranslated}. Training never saw "
        "this pair.",
        "G(x)와의 L1은 {translated}, 변환하지 않은 x와의 L1은 {untranslated}입니다. 학습할 때 이 짝은 "
        "보지 않았습니다.",
    ),
    "translate.identity": ("Identity", "항등 변환"),
    "translate.identity.note": (
        "F makes {source} pictures. If x is one already, F should change nothing but its size, which it "
        "always changes. (This model was trained without an identity loss.)",
        "F는 {source} 그림을 만듭니다. x가 이미 {source} 그림이라면 F는 그대로 두어야 합니다. 다만 크기는 "
        "항상 바꿉니다. (이 모델은 항등 손실을 쓰지 않고 학습했습니다.)",
    ),
    "translate.strip": ("The translation through training", "학습이 진행되며 달라지는 변환"),
    "translate.strip.note": (
        "Choose one of the test images. Below: what G made of it after so many steps of training.",
        "테스트 이미지를 하나 고르세요. 아래는 해당 스텝까지 학습한 G가 변환한 결과입니다.",
    ),
    "translate.no_snapshots": (
        "No pictures of its training come with this model.",
        "이 모델에는 학습 과정의 그림이 없습니다.",
    ),
    "translate.left_out": (
        "Pictures of the training that cannot be read and are left out: {count}.",
        "읽을 수 없어 제외한 학습 과정의 그림: {count}개.",
    ),
    "translate.measured": ("Measured on all test emoji", "테스트 이모지 전체에서 측정한 수치"),
    "translate.theory": (
        "## The game\n"
        "Two generators, two discriminators, and no pairs. Each discriminator learns to score real patches 1 "
        "and generated ones 0 (least squares),\n\n"
        "$$\\begin{aligned}"
        "&\\min_{D_B}\\;\\mathbb E_{b}\\big[(D_B(b)-1)^2\\big]+\\mathbb E_{a}\\big[D_B(G(a))^2\\big]\\\\"
        "&\\min_{D_A}\\;\\mathbb E_{a}\\big[(D_A(a)-1)^2\\big]+\\mathbb E_{b}\\big[D_A(F(b))^2\\big]"
        "\\end{aligned}$$\n\n"
        "and both generators, $G$ from $A$ to $B$ and $F$ back (in the other direction these names change "
        "places), minimise two adversarial terms and the cycle:\n\n"
        "$$\\begin{gathered}"
        "\\underbrace{\\mathbb E_{a}\\big[(D_B(G(a))-1)^2\\big]}_{G\\text{ fools }D_B}"
        "+\\underbrace{\\mathbb E_{b}\\big[(D_A(F(b))-1)^2\\big]}_{F\\text{ fools }D_A}"
        "\\\\+\\;\\lambda\\underbrace{\\Big(\\mathbb E_{a}\\lVert F(G(a))-a\\rVert_1"
        "+\\mathbb E_{b}\\lVert G(F(b))-b\\rVert_1\\Big)}_{\\text{there and back}}\\end{gathered}$$\n\n"
        "## What to look for\n"
        "- **Why the cycle.** The adversarial term alone would be content with *any* good Fluent emoji. Only "
        "the way back forces $G$ to keep what $x$ shows. This $G$ has it easier besides: it corrects its "
        "input instead of drawing anew.\n"
        "- **Colours and shading change, shapes stay.** The cycle rewards what can be undone pixel by pixel. "
        "Where the designers drew something else altogether, no $G$ can know it. Fluent emoji are drawn "
        "smaller as well. Scaling about the centre moves each place differently, which convolutions, "
        "treating all places alike, can hardly learn; so $G$ scales its input first, by a factor taken from "
        "the training images of both sets, and $F$ scales it back.\n"
        "- **A small cycle error is no proof.** $G$ may hide in $G(x)$, in faint noise, what $F$ needs to "
        "restore $x$ ([Chu et al. 2017](https://arxiv.org/abs/1712.02950)). Compare the error map with what "
        "$G(x)$ still shows.\n"
        "- **The judge is near-sighted.** A discriminator sees patches, not the emoji as a whole.",
        "## 게임의 규칙\n"
        "생성자 둘, 판별자 둘, 그리고 짝은 없습니다. 판별자는 진짜 조각에는 1, 생성된 조각에는 0을 주도록 "
        "학습합니다(최소제곱).\n\n"
        "$$\\begin{aligned}"
        "&\\min_{D_B}\\;\\mathbb E_{b}\\big[(D_B(b)-1)^2\\big]+\\mathbb E_{a}\\big[D_B(G(a))^2\\big]\\\\"
        "&\\min_{D_A}\\;\\mathbb E_{a}\\big[(D_A(a)-1)^2\\big]+\\mathbb E_{b}\\big[D_A(F(b))^2\\big]"
        "\\end{aligned}$$\n\n"
        "두 생성자, 곧 $A$에서 $B$로 가는 $G$와 돌아오는 $F$(반대 방향을 고르면 두 이름이 서로 바뀝니다)는 "
        "적대적 손실 두 개와 순환 손실의 합을 최소화합니다.\n\n"
        "$$\\begin{gathered}"
        "\\underbrace{\\mathbb E_{a}\\big[(D_B(G(a))-1)^2\\big]}_{G\\text{가 }D_B\\text{를 속임}}"
        "+\\underbrace{\\mathbb E_{b}\\big[(D_A(F(b))-1)^2\\big]}_{F\\text{가 }D_A\\text{를 속임}}"
        "\\\\+\\;\\lambda\\underbrace{\\Big(\\mathbb E_{a}\\lVert F(G(a))-a\\rVert_1"
        "+\\mathbb E_{b}\\lVert G(F(b))-b\\rVert_1\\Big)}_{\\text{갔다가 돌아오기}}\\end{gathered}$$\n\n"
        "## 무엇을 볼까요?\n"
        "- **왜 순환이 필요할까요?** 적대적 손실만 있다면 그럴듯한 Fluent 이모지이기만 하면 *무엇이든* "
        "됩니다. 돌아오는 길이 있어야 $G$가 $x$의 내용을 지킵니다. 게다가 여기의 $G$는 처음부터 새로 그리지 "
        "않고 입력을 고치기만 합니다.\n"
        "- **색과 음영은 바뀌고 모양은 남습니다.** 순환 손실은 픽셀 단위로 되돌릴 수 있는 변화에 유리합니다. "
        "디자이너가 아예 다른 모양을 그렸다면 $G$는 알 길이 없습니다. Fluent 이모지는 크기도 더 작습니다. "
        "중심을 기준으로 줄이려면 위치마다 다르게 움직여야 하는데, 합성곱은 모든 위치를 똑같이 다루므로 이를 "
        "배우기 어렵습니다. 그래서 $G$는 두 집합의 학습 이미지에서 구한 배율로 입력을 먼저 "
        "줄이고, $F$는 다시 키웁니다.\n"
        "- **순환 오차가 작다고 안심할 수는 없습니다.** 복원에 필요한 정보를 $G$가 $G(x)$ 안에 옅은 "
        "잡음으로 숨길 수 있습니다([Chu et al. 2017](https://arxiv.org/abs/1712.02950)). 오차 지도와 "
        "$G(x)$를 견주어 보세요.\n"
        "- **판별자는 나무만 보고 숲은 보지 못합니다.** 판별자는 이모지 전체가 아니라 조각만 봅니다.",
    ),
    "translate.credit": (
        "Emoji: [Twemoji](https://github.com/jdecked/twemoji), "
        "[CC-BY 4.0](https://creativecommons.org/licenses/by/4.0/), Twitter, Inc and other contributors · "
        "[Fluent Emoji](https://github.com/microsoft/fluentui-emoji), MIT, Microsoft.",
        "이모지: [Twemoji](https://github.com/jdecked/twemoji), "
        "[CC-BY 4.0](https://creativecommons.org/licenses/by/4.0/), Twitter, Inc 및 기여자 · "
        "[Fluent Emoji](https://github.com/microsoft/fluentui-emoji), MIT, Microsoft.",
    ),
}
