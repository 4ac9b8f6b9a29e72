"""What the game tab says. Keys `game.play.*` go to the component, whose script picks the language."""

TEXT = {
    "game.tab": ("Play the game", "게임"),
    "game.intro": (
        "Two networks play against each other. The generator $G$ turns noise $z$ into points; the "
        "discriminator $D$ says how likely a point is to be real. Both move on one value function, $D$ "
        "uphill and $G$ downhill:\n\n$$\\begin{gathered}\\min_G\\max_D\\;V(D,G)=\\mathbb E_{x\\sim "
        "p_{\\text{data}}}\\big[\\log D(x)\\big]\\\\+\\,\\mathbb E_{z\\sim "
        "p(z)}\\big[\\log\\big(1-D(G(z))\\big)\\big].\\end{gathered}$$\n\nAt the equilibrium the generated "
        "points are distributed like the real ones, $D=\\tfrac12$ everywhere and $V=-\\log "
        "4\\approx-1.386$. Here the points lie in a plane, so that you see the whole game: it is trained "
        "live **in your browser**. Press **Run**, or make each move yourself.",
        "두 신경망이 서로 겨룹니다. 생성자(generator) $G$는 잡음 $z$를 점으로 바꾸고, "
        "판별자(discriminator) $D$는 그 점이 진짜일 확률을 출력합니다. 둘은 하나의 가치 함수 위에서 "
        "움직입니다. $D$는 값을 높이고 $G$는 낮추려 "
        "합니다.\n\n$$\\begin{gathered}\\min_G\\max_D\\;V(D,G)=\\mathbb E_{x\\sim "
        "p_{\\text{data}}}\\big[\\log D(x)\\big]\\\\+\\,\\mathbb E_{z\\sim "
        "p(z)}\\big[\\log\\big(1-D(G(z))\\big)\\big]\\end{gathered}$$\n\n균형점에서는 생성된 점의 분포가 "
        "실제 데이터의 분포와 같아지고, 모든 곳에서 $D=\\tfrac12$, $V=-\\log 4\\approx-1.386$이 됩니다. "
        "여기서는 데이터가 평면 위의 점이므로 게임 전체가 눈에 보입니다. 학습은 **브라우저 안에서** "
        "실시간으로 진행됩니다. **실행**을 누르거나 한 수씩 직접 두어 보세요.",
    ),
    "game.hint": (
        "## What to look for\n- **Arrows.** Each generated point is pushed to where $D$ is higher. The "
        "push is the slope of $D$'s logit, times $1-D$ with the loss $-\\log D$: strong where $D$ is sure "
        "that the point is generated, weak where $D$ is fooled. With $\\log(1-D)$ it is times $D$, which "
        "is the reverse: where $D$ is sure, $G$ stalls.\n- **The grid.** Each cell holds the same share of "
        "the noise. $G$ can bend and stretch the grid but not tear it, so that a thin bridge stays between "
        "the modes.\n- **What $D$ does not see.** An optimal $D$ would reach $V=-\\log "
        "4+2\\,\\mathrm{JSD}$. The solid line is the true divergence. The dashed line is the divergence "
        "that the present $D$ sees, $(V+\\log 4)/2$, drawn no lower than 0. Where it is at 0 and the solid "
        "line is not, $D$ does not see the difference: early on because it has learned too little, later "
        "because $G$ has found all modes but fills them too narrowly for a small $D$ to notice.",
        "## 무엇을 볼까요?\n- **화살표.** 생성된 점은 $D$가 커지는 방향으로 밀립니다. 밀리는 세기는 $D$의 "
        "로짓 기울기에, 손실이 $-\\log D$이면 $1-D$를, $\\log(1-D)$이면 $D$를 곱한 값입니다. 그래서 $D$가 "
        "가짜라고 확신하는 곳($D\\approx0$)에서 앞의 손실은 세게 밀고, 뒤의 손실은 거의 밀지 못해 $G$가 "
        "멈춥니다.\n- **격자.** 모든 칸은 같은 확률의 잡음을 담고 있습니다. $G$는 격자를 구부리고 늘일 "
        "수는 있지만 찢을 수는 없어서, 모드 사이에 가는 다리가 남습니다.\n- **$D$가 보지 못하는 것.** "
        "최적의 $D$라면 $V=-\\log 4+2\\,\\mathrm{JSD}$에 이릅니다. 점선은 지금의 $D$가 보는 발산 $(V+\\log "
        "4)/2$이고, 실선은 실제 발산입니다. 점선이 0인데(0보다 낮게는 그리지 않습니다) 실선은 0이 아니라면 "
        "$D$가 차이를 보지 못하는 것입니다. 초반에는 $D$가 아직 덜 배웠기 때문이고, 나중에는 $G$가 모든 "
        "모드를 찾았지만 각 모드를 너무 좁게 채우는 것을 작은 $D$가 알아채지 못하기 때문입니다.",
    ),
    "game.code": (
        "This game is trained in your browser: no lines of Python give the very same picture. The "
        "networks, the optimiser and the measurement are in `space/browser` (`gan2d.js`, `networks.js`, "
        "`meter.js`), in double precision and with a random generator of their own. The same seed and the "
        "same moves give the same game. The buttons under the plane save the picture as PNG and the curves "
        "as CSV. The same losses in PyTorch are in `space/models/gan.py` (`discriminator_loss`, "
        "`generator_loss`).",
        "이 게임은 브라우저에서 학습하므로 똑같은 그림을 만드는 Python 코드는 없습니다. 신경망, 최적화 "
        "방법, 측정은 `space/browser`의 `gan2d.js`, `networks.js`, `meter.js`에 있으며, 배정밀도와 자체 "
        "난수 생성기를 씁니다. 시드와 둔 수가 같으면 게임도 같습니다. 평면 아래의 버튼으로 그림은 PNG로, "
        "곡선은 CSV로 저장할 수 있습니다. 같은 손실의 PyTorch 코드는 `space/models/gan.py`의 "
        "`discriminator_loss`, `generator_loss`입니다.",
    ),
    # presets
    "game.play.presets": ("Situations", "상황"),
    "game.play.balanced": ("Balanced game", "균형 잡힌 게임"),
    "game.play.collapse": ("Mode collapse", "모드 붕괴"),
    "game.play.strong": ("D too strong", "너무 강한 D"),
    "game.play.vanishing": ("Vanishing gradient", "기울기 소실"),
    "game.play.balanced.what": (
        "D takes three steps for each one of G and stays a little ahead: G finds all eight modes, D falls "
        "back towards 1/2 and V towards −log 4.",
        "G가 한 스텝 학습할 때 D는 세 스텝 학습해 조금 앞서갑니다. G는 여덟 모드를 모두 찾고, D는 1/2, V는 "
        "−log 4에 가까워집니다.",
    ),
    "game.play.collapse.what": (
        "G learns much faster than D: it throws all its points on the one place that fools D best, and "
        "when D catches up, it leaps elsewhere.",
        "G가 D보다 훨씬 빨리 학습합니다. D를 가장 잘 속이는 한 곳에 모든 점을 몰아넣고, D가 따라오면 다른 "
        "곳으로 건너뜁니다.",
    ),
    "game.play.collapse.remedy": (
        "Let D keep up: a lower learning rate for G, a higher one and more steps for D.",
        "D가 따라올 수 있게 G의 학습률은 낮추고, D의 학습률은 높이고 스텝 수는 늘립니다.",
    ),
    "game.play.strong.what": (
        "D takes twenty large steps for each step of G, whose loss is the value function of the lecture. D "
        "is sure of almost every point and leaves no slope to climb: G clings to the first mode that it "
        "meets, and V rises towards 0.",
        "G는 강의의 가치 함수를 그대로 최소화합니다. G가 한 스텝 학습할 때 D는 높은 학습률로 스무 스텝을 "
        "학습하므로 거의 모든 점을 확신하고, G가 따라갈 경사가 남지 않습니다. G는 처음 만난 모드에 머물고 "
        "V는 0 쪽으로 올라갑니다.",
    ),
    "game.play.strong.remedy": (
        "Weaken D: one smaller step at a time, and noise on all that it sees, so that real and generated "
        "points overlap.",
        "D를 약하게 합니다. 학습률을 낮추어 한 스텝씩만 학습하게 하고, D의 입력에 잡음을 더해 실제 점과 "
        "생성된 점이 겹치게 합니다.",
    ),
    "game.play.vanishing.what": (
        "G starts far from the data and minimises log(1 − D(G(z))) by plain gradient descent. D soon "
        "rejects all its points with certainty; there the loss is flat, the arrows vanish, and G stands "
        "still.",
        "G는 데이터에서 먼 곳에서 출발하여 log(1 − D(G(z)))를 단순 경사 하강법으로 최소화합니다. D는 곧 "
        "모든 점을 확실하게 가짜로 판정하는데, 거기에서는 손실이 평평하므로 화살표가 사라지고 G가 멈춥니다.",
    ),
    "game.play.vanishing.remedy": (
        "The non-saturating loss −log D(G(z)): the same D, but steepest where D is sure that a point is "
        "generated.",
        "비포화 손실 −log D(G(z))를 사용합니다. D는 그대로이지만, D가 가짜라고 확신하는 곳에서 기울기가 "
        "가장 큽니다.",
    ),
    "game.play.remedy": ("Remedy", "해결책"),
    "game.play.apply": ("Apply it", "적용하기"),
    "game.play.applied": ("Applied: watch what happens.", "적용했습니다. 어떻게 변하는지 보세요."),
    # the plane
    "game.play.distributions": ("Real distribution", "실제 분포"),
    "game.play.ring": ("Ring of 8", "원형 8개"),
    "game.play.grid": ("Grid of 25", "격자 25개"),
    "game.play.moons": ("Two moons", "두 반달"),
    "game.play.gaussians": ("Gaussians", "정규분포 3개"),
    "game.play.drawn": ("Draw it", "직접 그리기"),
    "game.play.plane": (
        "The plane of the game: real and generated points on the discriminator's heat map",
        "게임 평면: 판별자의 열지도 위에 놓인 실제 점과 생성된 점",
    ),
    "game.play.paper": (
        "The plane of the game: draw with mouse or finger. With the keyboard: arrow keys move the pen "
        "(with Shift in larger steps), the space bar puts it down and lifts it",
        "게임 평면: 마우스나 손가락으로 그리세요. 키보드에서는 방향 키로 펜을 움직이고(Shift를 누르면 "
        "크게), 스페이스 바로 펜을 내리고 뗍니다",
    ),
    "game.play.draw_here": (
        "Draw the real distribution here:\neach stroke or dot is a mode",
        "여기에 실제 분포를 그리세요\n획이나 점 하나가 모드 하나입니다",
    ),
    "game.play.clear": ("Clear the drawing", "그림 지우기"),
    "game.play.says_fake": ("D = 0: generated", "D = 0: 생성"),
    "game.play.says_real": ("D = 1: real", "D = 1: 실제"),
    "game.play.layers": ("Layers", "표시할 층"),
    "game.play.heat": ("D's heat map", "D의 열지도"),
    "game.play.real": ("Real points", "실제 점"),
    "game.play.fake": ("Generated points", "생성된 점"),
    "game.play.mesh": ("G's warped grid", "G가 구부린 격자"),
    "game.play.arrows": ("G's gradient", "G의 기울기"),
    "game.play.moves": ("Moves", "수"),
    "game.play.run": ("Run", "실행"),
    "game.play.pause": ("Pause", "일시 정지"),
    "game.play.step_d": ("Step D", "D 한 스텝"),
    "game.play.step_g": ("Step G", "G 한 스텝"),
    "game.play.both": ("Both", "D·G 한 스텝"),
    "game.play.freeze_d": ("Freeze D", "D 고정"),
    "game.play.freeze_g": ("Freeze G", "G 고정"),
    "game.play.new_game": ("New game", "새 게임"),
    "game.play.slow": ("Slow motion", "느리게"),
    "game.play.count": (
        "{d} steps of D · {g} of G · seed {seed}",
        "D {d}스텝 · G {g}스텝 · 시드 {seed}",
    ),
    "game.play.stands": (
        "{count}. Jensen–Shannon divergence {jsd} nats, {modes} modes covered.",
        "{count}. 옌센–섀넌 발산 {jsd} nats, 찾은 모드: {modes}.",
    ),
    # meters
    "game.play.jsd": ("Jensen–Shannon divergence", "옌센–섀넌 발산"),
    "game.play.jsd.note": (
        "0: the same distribution, ln 2 ≈ 0.693: no overlap (nats)",
        "0: 두 분포가 같음 · ln 2 ≈ 0.693: 겹치지 않음 (nats)",
    ),
    "game.play.modes": ("Modes covered", "찾은 모드"),
    "game.play.modes.note": (
        "at least 1/5 of the points expected within 3σ",
        "3σ 이내에 기대 개수의 1/5 이상",
    ),
    "game.play.quality": ("Points on a mode", "모드에 놓인 점"),
    "game.play.quality.note": ("within 3σ of it", "모드의 3σ 이내"),
    "game.play.gradient": ("G's gradient at its points", "생성된 점에서 G의 기울기"),
    "game.play.gradient.note": ("mean length", "평균 길이"),
    "game.play.of": ("{some} of {all}", "{all}개 중 {some}개"),
    # plots
    "game.play.plot.loss": ("Losses", "손실"),
    "game.play.plot.value": ("Value V(D, G)", "가치 함수 V(D, G)"),
    "game.play.plot.mean": ("What D says, on average", "D의 평균 출력"),
    "game.play.plot.jsd": ("Jensen–Shannon divergence", "옌센–섀넌 발산"),
    "game.play.true": ("true", "참값"),
    "game.play.seen": ("D's estimate", "D의 추정값"),
    # settings
    "game.play.settings": ("Settings", "설정"),
    "game.play.learning_rate_d": ("Learning rate of D", "D의 학습률"),
    "game.play.learning_rate_g": ("Learning rate of G", "G의 학습률"),
    "game.play.steps_d": ("Steps of D for each of G", "G 한 스텝당 D의 스텝 수"),
    "game.play.loss": ("G's loss", "G의 손실"),
    "game.play.non_saturating": ("non-saturating: −log D(G(z))", "비포화: −log D(G(z))"),
    "game.play.saturating": ("saturating: log(1 − D(G(z)))", "포화: log(1 − D(G(z)))"),
    "game.play.optimizer_g": ("G's optimiser", "G의 최적화 방법"),
    "game.play.adam": ("Adam", "Adam"),
    "game.play.sgd": ("plain gradient descent", "단순 경사 하강법"),
    "game.play.instance_noise": ("Noise on what D sees (σ)", "D의 입력에 더하는 잡음 (σ)"),
    "game.play.restart": ("These begin a new game:", "아래를 바꾸면 새 게임이 시작됩니다."),
    "game.play.latent_kind": ("Noise z", "잡음 z"),
    "game.play.gaussian": ("Gaussian N(0, I)", "정규분포 N(0, I)"),
    "game.play.uniform": ("uniform on [−1, 1]", "균등분포 [−1, 1]"),
    "game.play.latent_dim": ("Dimensions of z", "z의 차원"),
    "game.play.width": ("Width of the hidden layers", "은닉층의 너비"),
    "game.play.start": ("G's first points", "G의 출발 위치"),
    "game.play.middle": ("all over the middle", "가운데에 넓게"),
    "game.play.corner": ("in a far corner", "먼 구석에 모여서"),
    "game.play.seed": ("Seed", "시드"),
}
