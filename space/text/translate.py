"""What the translate tab says."""

TEXT = {
    "translate.tab": ("Translate", "스타일 변환"),
    "translate.intro": (
        "A CycleGAN learns to translate between two sets of pictures **that nobody paired**, *A* and *B*: "
        "flat emoji and rendered ones, for instance. $G_{AB}$ goes there, $G_{BA}$ comes back, and the way "
        "round must end where it began: $G_{BA}(G_{AB}(a))\\approx a$. **Pick a picture, draw, or upload "
        "your own**, and follow it round the circle.",
        "CycleGAN은 **짝지어지지 않은** 두 그림 집합 *A*와 *B* 사이의 변환을 학습합니다. 예를 들면 평면 "
        "이모지와 입체 이모지입니다. $G_{AB}$로 갔다가 $G_{BA}$로 돌아오면 처음 그림이 되어야 "
        "합니다($G_{BA}(G_{AB}(a))\\approx a$). **그림을 고르거나, 그리거나, 올려서** 한 바퀴를 따라가 "
        "보세요.",
    ),
    "translate.model": ("Two sets", "두 집합"),
    "translate.direction": ("Direction", "방향"),
    "translate.source": ("Picture", "그림"),
    "translate.source.emoji": ("Test picture", "테스트 그림"),
    "translate.source.draw": ("Draw", "직접 그리기"),
    "translate.source.upload": ("Upload", "파일 올리기"),
    "translate.board.canvas": (
        "A board to draw on; arrow keys move the pen, the space bar sets it down and lifts it",
        "그림판. 화살표 키로 펜을 옮기고 스페이스 바로 내리거나 듭니다",
    ),
    "translate.board.colours": ("Colour", "색"),
    "translate.board.tools": ("Tool", "도구"),
    "translate.board.tool.pen": ("Pen", "펜"),
    "translate.board.tool.fill": ("Fill", "채우기"),
    "translate.board.tool.rectangle": ("Rectangle", "사각형"),
    "translate.board.tool.ellipse": ("Ellipse", "타원"),
    "translate.board.widths": ("Width of the pen", "펜 굵기"),
    "translate.board.width.thin": ("thin", "가늘게"),
    "translate.board.width.middle": ("middle", "보통"),
    "translate.board.width.thick": ("thick", "굵게"),
    "translate.board.undo": ("Undo", "되돌리기"),
    "translate.board.clear": ("Clear", "지우기"),
    "translate.upload": ("Any picture", "아무 그림"),
    "translate.size": ("Size", "크기"),
    "translate.size.own": ("as trained", "학습한 크기"),
    "translate.size.info": (
        "The networks are made of convolutions, so any size will do; the area that they see at once stays "
        "as many pixels as in training.",
        "합성곱만으로 이루어져 어떤 크기든 변환하지만, 한 번에 보는 영역의 픽셀 수는 학습할 때와 같습니다.",
    ),
    "translate.no_examples": (
        "This model comes without test pictures. Draw one, or upload your own.",
        "이 모델에는 테스트 그림이 없습니다. 직접 그리거나 파일을 올려 주세요.",
    ),
    "translate.alt.x": ("The input picture, x", "입력 그림 x"),
    "translate.alt.translation": (
        "The input translated to {domain}, {there}(x)",
        "입력을 변환한 {domain} 그림 {there}(x)",
    ),
    "translate.alt.back": (
        "The translation brought back to {domain}, {back}({there}(x))",
        "변환을 되돌린 {domain} 그림 {back}({there}(x))",
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
        "What the discriminator says of each patch of {there}(x): blue real, orange generated",
        "{there}(x)의 조각마다 판별자가 내린 판단: 파랑은 진짜, 주황은 생성",
    ),
    "translate.alt.counterpart": (
        "The same emoji as the designers of the other set drew it, y",
        "상대 집합의 디자이너가 그린 같은 이모지 y",
    ),
    "translate.alt.identity": (
        "The input through the other generator, {back}(x)",
        "입력을 반대 방향 생성자에 넣은 그림 {back}(x)",
    ),
    "translate.x": ("input", "입력"),
    "translate.as": ("as {domain}", "{domain} 그림"),
    "translate.back": ("back as {domain}", "되돌린 {domain} 그림"),
    "translate.cycle": ("cycle L1", "순환 L1"),
    "translate.cycle.note": (
        "In the middle: the mean of |x − {back}({there}(x))| over all pixels, from 0 to 1. On the way "
        "there {there} changed x by {change}.",
        "가운데 수는 |x − {back}({there}(x))|의 픽셀 평균입니다(0~1). 가는 길에 {there}가 x를 바꾼 정도는 "
        "{change}입니다.",
    ),
    "translate.notation": (
        "The lecture and the paper call the two generators G = G_AB and F = G_BA.",
        "강의와 논문에서는 두 생성자를 G = G_AB, F = G_BA로 씁니다.",
    ),
    "translate.share": ("Card to share", "공유 카드"),
    "translate.hidden": ("What is hidden in the translation", "변환 안에 숨은 정보"),
    "translate.noise": ("noise", "잡음"),
    "translate.hidden.note": (
        "Right: {there}(x) was given noise of one grey level (±1 of 255 at random, which no eye sees) "
        "before the way back. It changes what {back} restores by {change} grey levels a pixel; the cycle "
        "L1 goes from {clean} to {noisy}. The more one grey level changes, the more {back} reads from "
        "signals too faint to see (Chu et al. 2017).",
        "오른쪽은 {there}(x)에 그레이 레벨 하나만큼의 잡음(255 가운데 무작위로 ±1, 눈에는 보이지 않음)을 "
        "더한 뒤 되돌린 그림입니다. {back}가 복원한 그림은 픽셀마다 평균 {change}레벨 달라지고, 순환 L1은 "
        "{clean}에서 {noisy}로 바뀝니다. 한 레벨의 잡음에 크게 달라질수록 {back}는 보이지 않는 옅은 신호를 "
        "읽어 복원하는 것입니다(Chu et al. 2017).",
    ),
    "translate.alt.restored": (
        "The way back from the translation as it is, {back}({there}(x))",
        "변환한 그림을 그대로 되돌린 그림 {back}({there}(x))",
    ),
    "translate.alt.noisy": (
        "The way back from the translation with noise of one grey level",
        "변환한 그림에 그레이 레벨 하나의 잡음을 더해 되돌린 그림",
    ),
    "translate.alt.by": (
        "The same picture from {source} to {target}",
        "같은 그림을 {source}에서 {target} 방향으로 변환한 결과",
    ),
    "translate.models": ("Style can be learned, shapes cannot", "스타일은 배우지만 모양은 배우지 못합니다"),
    "translate.models.style": (
        "The two sets have the same shapes: untranslated, a test picture is at an SSIM of {ssim} to its "
        "true counterpart. What differs is style, which a CycleGAN can learn.",
        "두 집합의 모양이 같습니다. 변환하지 않은 테스트 그림과 실제 짝의 SSIM이 {ssim}입니다. 다른 것은 "
        "스타일이고, CycleGAN이 배울 수 있는 것이 바로 스타일입니다.",
    ),
    "translate.models.shape": (
        "Other designers drew other shapes: untranslated, a test picture is only at an SSIM of {ssim} to "
        "its true counterpart. Without pairs nothing says which shape belongs to which: shapes stay, hues "
        "and shading change.",
        "다른 디자이너가 다른 모양을 그렸습니다. 변환하지 않은 테스트 그림과 실제 짝의 SSIM이 {ssim}에 "
        "그칩니다. 짝이 없으면 어느 모양이 어느 모양에 대응하는지 알 길이 없어, 모양은 남고 색과 음영만 "
        "바뀝니다.",
    ),
    "translate.models.l1": (
        "L1 to the counterpart: {before} untranslated, {after} translated.",
        "짝과의 L1: 변환 전 {before}, 변환 후 {after}.",
    ),
    "translate.models.l1.scaled": (
        "L1 to the counterpart: {before} untranslated, {scaled} scaled by a fixed factor and no more, "
        "{after} translated.",
        "짝과의 L1: 변환 전 {before}, 정해진 배율로 크기만 바꾸면 {scaled}, 변환 후 {after}.",
    ),
    "translate.waiting": (
        "Shown at {side} × {side}; the server is computing {size} × {size}.",
        "지금은 {side} × {side}로 보여 드립니다. 서버가 {size} × {size}로 계산하고 있습니다.",
    ),
    "translate.refused": (
        "Shown at {side} × {side}; the server could not compute {size} × {size}. Change the picture or the "
        "size to try again.",
        "지금은 {side} × {side}로 보여 드립니다. 서버가 {size} × {size}로 계산하지 못했습니다. 다시 "
        "시도하려면 그림이나 크기를 바꿔 주세요.",
    ),
    "translate.large": (
        "Computed on the server, at {size} × {size}.",
        "{size} × {size}로 서버에서 계산했습니다.",
    ),
    "translate.slider": ("Before and after", "변환 전과 후"),
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
        "L1 distance of {there}(x): {translated}. Of x itself, untranslated: {untranslated}. Training "
        "never saw this pair.",
        "{there}(x)와의 L1은 {translated}, 변환하지 않은 x와의 L1은 {untranslated}입니다. 학습할 때 이 "
        "짝은 보지 않았습니다.",
    ),
    "translate.identity": ("Identity", "항등 변환"),
    "translate.identity.note": (
        "{back} makes {source} pictures. If x is one already, {back} has nothing to do: the less it "
        "changes, the better.",
        "{back}는 {source} 그림을 만듭니다. x가 이미 {source} 그림이므로 {back}가 할 일은 없습니다. 적게 "
        "바꿀수록 좋습니다.",
    ),
    "translate.identity.zoomed": (
        "{back} makes {source} pictures. If x is one already, {back} should change nothing but its size, "
        "which it always changes.",
        "{back}는 {source} 그림을 만듭니다. x가 이미 {source} 그림이라면 {back}는 그대로 두어야 합니다. "
        "다만 크기는 항상 바꿉니다.",
    ),
    "translate.strip": ("The translation through training", "학습이 진행되며 달라지는 변환"),
    "translate.strip.note": (
        "Choose one of the test images. Below: what the generator made of it after so many steps of "
        "training.",
        "테스트 이미지를 하나 고르세요. 아래는 해당 스텝까지 학습한 생성자가 변환한 결과입니다.",
    ),
    "translate.no_snapshots": (
        "No pictures of its training come with this model.",
        "이 모델에는 학습 과정의 그림이 없습니다.",
    ),
    "translate.left_out": (
        "Pictures of the training that cannot be read and are left out: {count}.",
        "읽을 수 없어 제외한 학습 과정의 그림: {count}개.",
    ),
    "translate.measured": ("Measured on all test pictures", "테스트 그림 전체에서 측정한 수치"),
    "translate.lambda": ("What the weight of the cycle does", "순환 손실의 가중치 λ가 하는 일"),
    "translate.lambda.alt.x": ("Five flat emoji", "평면 이모지 다섯 개"),
    "translate.lambda.alt": (
        "The same emoji translated with λ = {weight}, and brought back below",
        "같은 이모지를 λ = {weight}일 때 변환한 그림과 아래에 되돌린 그림",
    ),
    "translate.lambda.run": (
        "Above: the translation, which changes x by {change}. Below: the way back, which misses x by "
        "{cycle}.",
        "위는 변환한 그림으로 x와 {change}만큼 다르고, 아래는 되돌린 그림으로 x와 {cycle}만큼 다릅니다.",
    ),
    "translate.lambda.note": (
        "Without the cycle the way back does not find x. With a heavy one hardly anything changes. The runs "
        "differ in λ alone, {steps} steps each at 64 × 64, too few for the whole style. The figures are mean "
        "differences a pixel over all test pictures of A.",
        "순환 손실이 없으면 되돌려도 x가 나오지 않고, 너무 크면 거의 아무것도 바뀌지 않습니다. λ만 다르게 "
        "하여 64 × 64에서 {steps}스텝씩 학습한 모델들입니다. 스타일을 다 익히기에는 짧은 학습입니다. "
        "수치는 A의 테스트 그림 전체에서 구한 픽셀당 평균 차이입니다.",
    ),
    "translate.theory": (
        "## The game\nTwo generators, two discriminators, and no pairs. Each discriminator learns to "
        "score real patches 1 and generated ones 0 (least "
        "squares),\n\n$$\\begin{aligned}&\\min_{D_B}\\;\\mathbb E_{b}\\big[(D_B(b)-1)^2\\big]+\\mathbb "
        "E_{a}\\big[D_B(G_{AB}(a))^2\\big]\\\\&\\min_{D_A}\\;\\mathbb "
        "E_{a}\\big[(D_A(a)-1)^2\\big]+\\mathbb E_{b}\\big[D_A(G_{BA}(b))^2\\big]\\end{aligned}$$\n\nand "
        "both generators minimise two adversarial terms and the "
        "cycle:\n\n$$\\begin{gathered}\\underbrace{\\mathbb "
        "E_{a}\\big[(D_B(G_{AB}(a))-1)^2\\big]}_{G_{AB}\\text{ fools }D_B}\\\\+\\;\\underbrace{\\mathbb "
        "E_{b}\\big[(D_A(G_{BA}(b))-1)^2\\big]}_{G_{BA}\\text{ fools "
        "}D_A}\\\\+\\;\\lambda\\,\\underbrace{\\mathbb E_{a}\\lVert "
        "G_{BA}(G_{AB}(a))-a\\rVert_1}_{\\text{there and back}}\\\\+\\;\\lambda\\,\\underbrace{\\mathbb "
        "E_{b}\\lVert G_{AB}(G_{BA}(b))-b\\rVert_1}_{\\text{there and back}}\\end{gathered}$$\n\n## What "
        "to look for\n- **Why the cycle.** The adversarial term alone would be content with *any* good "
        "picture of the other set. Only the way back forces a generator to keep what $x$ shows. Design "
        "helps, too: those of Twemoji only add a correction to their input; of Fluent Flat, $G_{AB}$ "
        "mixes learned colours into each pixel's own, and $G_{BA}$ paints with 64 colours that it "
        "learned.\n- **Style can be learned, shapes cannot.** The cycle rewards what can be undone pixel "
        "by pixel: light, hues, rims. Where the designers of the other set drew another shape, nothing "
        "tells the generator which. Where the two sets draw things in different sizes, a generator scales "
        "its input first, by a factor taken from the training images: convolutions, which treat all "
        "places alike, can hardly learn that.\n- **A small cycle error is no proof.** $G_{AB}$ may hide "
        "in its output, in faint noise, what $G_{BA}$ needs to restore the input ([Chu et al. "
        "2017](https://arxiv.org/abs/1712.02950)). It is measured above.\n- **The judge is "
        "near-sighted.** A discriminator sees patches, not the picture as a whole.",
        "## 게임의 규칙\n생성자 둘, 판별자 둘, 그리고 짝은 없습니다. 판별자는 진짜 조각에는 1, 생성된 "
        "조각에는 0을 주도록 학습합니다(최소제곱).\n\n$$\\begin{aligned}&\\min_{D_B}\\;\\mathbb "
        "E_{b}\\big[(D_B(b)-1)^2\\big]+\\mathbb "
        "E_{a}\\big[D_B(G_{AB}(a))^2\\big]\\\\&\\min_{D_A}\\;\\mathbb "
        "E_{a}\\big[(D_A(a)-1)^2\\big]+\\mathbb E_{b}\\big[D_A(G_{BA}(b))^2\\big]\\end{aligned}$$\n\n두 "
        "생성자는 적대적 손실 두 개와 순환 손실의 합을 "
        "최소화합니다.\n\n$$\\begin{gathered}\\underbrace{\\mathbb "
        "E_{a}\\big[(D_B(G_{AB}(a))-1)^2\\big]}_{G_{AB}\\text{가 }D_B\\text{를 "
        "속임}}\\\\+\\;\\underbrace{\\mathbb E_{b}\\big[(D_A(G_{BA}(b))-1)^2\\big]}_{G_{BA}\\text{가 "
        "}D_A\\text{를 속임}}\\\\+\\;\\lambda\\,\\underbrace{\\mathbb E_{a}\\lVert "
        "G_{BA}(G_{AB}(a))-a\\rVert_1}_{\\text{갔다가 돌아오기}}\\\\+\\;\\lambda\\,\\underbrace{\\mathbb "
        "E_{b}\\lVert G_{AB}(G_{BA}(b))-b\\rVert_1}_{\\text{갔다가 돌아오기}}\\end{gathered}$$\n\n## "
        "무엇을 볼까요?\n- **왜 순환이 필요할까요?** 적대적 손실만 있다면 상대 집합의 그럴듯한 그림이기만 "
        "하면 *무엇이든* 됩니다. 돌아오는 길이 있어야 생성자가 $x$의 내용을 지킵니다. 구조도 한몫합니다. "
        "Twemoji 쪽 생성자는 입력에 더할 변화량만 출력합니다. Fluent Flat 쪽에서는 $G_{AB}$가 픽셀마다 "
        "본래 색에 학습한 색을 섞고, $G_{BA}$는 학습한 64가지 색만으로 그립니다.\n- **스타일은 배우지만 "
        "모양은 배우지 못합니다.** 순환 손실은 빛, 색, 테두리처럼 픽셀 단위로 되돌릴 수 있는 변화에 "
        "유리합니다. 상대 집합의 디자이너가 다른 모양을 그렸다면 생성자는 알 길이 없습니다. 두 집합에서 "
        "물체의 크기가 다르면 생성자는 학습 이미지에서 구한 배율로 입력의 크기부터 바꿉니다. 모든 위치를 "
        "똑같이 다루는 합성곱은 이를 배우기 어렵기 때문입니다.\n- **순환 오차가 작다고 안심할 수는 "
        "없습니다.** 복원에 필요한 정보를 $G_{AB}$가 자기 출력 안에 옅은 잡음으로 숨길 수 있습니다([Chu "
        "et al. 2017](https://arxiv.org/abs/1712.02950)). 위에서 재어 봅니다.\n- **판별자는 나무만 보고 "
        "숲은 보지 못합니다.** 판별자는 그림 전체가 아니라 조각만 봅니다.",
    ),
    "translate.credit": (
        "Emoji: [Twemoji](https://github.com/jdecked/twemoji), [CC-BY "
        "4.0](https://creativecommons.org/licenses/by/4.0/), Twitter, Inc and other contributors · [Fluent "
        "Emoji](https://github.com/microsoft/fluentui-emoji), MIT, Microsoft.",
        "이모지: [Twemoji](https://github.com/jdecked/twemoji), [CC-BY "
        "4.0](https://creativecommons.org/licenses/by/4.0/), Twitter, Inc 및 기여자 · [Fluent "
        "Emoji](https://github.com/microsoft/fluentui-emoji), MIT, Microsoft.",
    ),
}
