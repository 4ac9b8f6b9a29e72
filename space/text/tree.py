"""What the tree tab says. Keys `tree.play.*` go to the component, whose script picks the language."""

TEXT = {
    "tree.tab": ("Tree of densities", "밀도의 나무"),
    "tree.intro": (
        "Generative models differ in what one may ask of their $p(x)$: an exact value, a bound, or nothing "
        "but samples. Goodfellow drew them as a tree in 2017; dashed is what was not in it. Press a leaf: "
        "it learns the same 8,000 points, here in your browser, and answers the same three questions.",
        "생성 모델은 $p(x)$를 물었을 때 무엇을 답할 수 있는지에 따라 나뉩니다. 정확한 값, 하한, 또는 "
        "표본뿐입니다. 2017년에 굿펠로가 나무로 그렸고, 점선은 그 나무에 없던 것입니다. 잎을 누르면 모델이 "
        "같은 점 8,000개를 이 브라우저에서 학습하고, 같은 세 가지 물음에 답합니다.",
    ),
    "tree.code": (
        "The page computes this in your browser (`space/browser/plane/`), with gradients written by hand. "
        "Here are the same families in PyTorch, in their plainest form: each is a loss, a way to draw and, "
        "where there is one, a $\\log p(x)$. The browser adds what lets them learn in seconds: averages of "
        "the latest weights, chosen first weights, centres by k-means++ for the Gaussians, a grid that is "
        "shifted at each step for the energy, and for both fields (diffusion, flow matching) sines and "
        "cosines of the point as inputs and outputs scaled to the time.",
        "이 페이지의 계산은 브라우저에서 이루어지고(`space/browser/plane/`), 기울기는 직접 유도한 식으로 "
        "계산합니다. 아래는 같은 모델들을 PyTorch로 가장 단순하게 쓴 것입니다. 모델마다 손실과 뽑는 방법이 "
        "있고, 가능한 경우에는 $\\log p(x)$가 있습니다. 브라우저에서는 몇 초 안에 배우도록 다음을 "
        "더했습니다. 최근 가중치의 평균, 미리 정한 초기 가중치, 가우스 혼합의 k-means++ 초기화, 스텝마다 "
        "조금씩 옮기는 에너지 모델의 격자, 그리고 확산 모델과 플로 매칭에서는 점의 사인과 코사인을 함께 "
        "넣고 출력의 크기를 시각에 맞춥니다.",
    ),
    "tree.hint": (
        "**How it is measured.** The seed decides 8,000 points to learn from and 2,000 new ones for the "
        "score. The true density is known, so that $\\mathrm{KL}=\\mathbb E[\\log p_\\text{true}(x)-\\log "
        "p(x)]$ is a mean over the new points, in nats, ± its standard error: 0 is perfect. Colours of the "
        "two densities are on one scale. A *mode* counts as found if it gets at least a fifth of its share "
        "of 4,000 samples; *on a mode* are those within 3σ of it. A loss that is small is not a score: "
        "each family has another loss, but all have the same KL.\n\n**What the plane hides.** A histogram, "
        "kernels and Gaussians keep up here, and the sum over a grid that gives the energy model its $Z$ "
        "and the VAE its exact value exists only because the plane has two dimensions. With 784 pixels the "
        "families that stay are those on the other branches.",
        "**재는 방법.** 시드가 학습할 점 8,000개와 채점에 쓸 새 점 2,000개를 정합니다. 참 밀도를 알고 "
        "있으므로 $\\mathrm{KL}=\\mathbb E[\\log p_\\text{true}(x)-\\log p(x)]$를 새 점에 대한 "
        "평균(nats)과 그 표준 오차로 적을 수 있습니다. 0이면 완벽합니다. 두 밀도의 색은 같은 눈금입니다. "
        "표본 4,000개 가운데 기대 개수의 1/5 이상을 받은 모드를 *찾은 모드*로, 모드에서 3σ 안에 있는 "
        "표본을 *모드 위의 표본*으로 셉니다. 손실은 점수가 아닙니다. 손실은 모델마다 다르지만 KL은 모두 "
        "같은 자로 잰 것입니다.\n\n**평면이 감추는 것.** 여기서는 히스토그램, 커널, 가우스 혼합도 쓸 "
        "만합니다. 에너지 모델의 $Z$와 VAE의 정확한 값도 격자의 칸을 모두 더해 얻는데, 2차원이기 때문에 "
        "가능한 일입니다. 픽셀이 784개가 되면 남는 것은 다른 가지의 모델들입니다.",
    ),
    # the tree
    "tree.play.tree": ("Tree of generative models", "생성 모델의 나무"),
    "tree.play.node.root": ("Maximum likelihood", "최대 가능도"),
    "tree.play.node.explicit": ("Explicit density", "명시적 밀도"),
    "tree.play.node.implicit": ("Implicit density", "암묵적 밀도"),
    "tree.play.node.tractable": ("Tractable", "계산 가능(tractable)"),
    "tree.play.node.approximate": ("Approximate", "근사(approximate)"),
    "tree.play.node.counted": ("the oldest ones", "가장 오래된 것"),
    "tree.play.node.chain": ("fully visible belief nets", "조건부 확률의 곱"),
    "tree.play.node.change": ("change of variables", "변수 변환"),
    "tree.play.node.variational": ("variational", "변분"),
    "tree.play.node.markov": ("Markov chain", "마르코프 연쇄"),
    "tree.play.node.since": ("not in his tree", "그 나무에 없던 것"),
    "tree.play.node.walk": ("Markov chain", "마르코프 연쇄"),
    "tree.play.node.direct": ("direct", "직접 생성"),
    "tree.play.boltzmann": ("Boltzmann machine", "볼츠만 머신"),
    "tree.play.gsn": ("GSN", "GSN"),
    "tree.play.histogram": ("Histogram", "히스토그램"),
    "tree.play.kernels": ("Kernels (KDE)", "커널 밀도(KDE)"),
    "tree.play.gaussians": ("Gaussian mixture", "가우스 혼합"),
    "tree.play.autoregressive": ("Autoregressive", "자기회귀"),
    "tree.play.flow": ("Normalizing flow", "정규화 흐름"),
    "tree.play.vae": ("VAE", "VAE"),
    "tree.play.energy": ("Energy-based", "에너지 모델"),
    "tree.play.diffusion": ("Diffusion", "확산 모델"),
    "tree.play.matching": ("Flow matching", "플로 매칭"),
    "tree.play.gan": ("GAN", "GAN"),
    # data and planes
    "tree.play.data": ("Data", "데이터"),
    "tree.play.data.ring": ("Ring", "고리"),
    "tree.play.data.grid": ("Grid", "격자"),
    "tree.play.data.moons": ("Moons", "두 반달"),
    "tree.play.data.gaussians": ("Three Gaussians", "정규분포 셋"),
    "tree.play.data.spiral": ("Spiral", "나선"),
    "tree.play.data.drawn": ("Draw it", "직접 그리기"),
    "tree.play.turn.before": ("The family before", "앞 모델"),
    "tree.play.turn.after": ("The next family", "다음 모델"),
    "tree.play.planes": ("What to show", "볼 것"),
    "tree.play.plane.truth": ("Truth", "참 밀도"),
    "tree.play.plane.model": ("Model", "모델"),
    "tree.play.plane.samples": ("Samples", "표본"),
    "tree.play.plane.truth.caption": ("Where the data come from: the true p(x)", "데이터가 나온 곳: 참 p(x)"),
    "tree.play.plane.truth.label": ("The true density", "참 밀도"),
    "tree.play.plane.model.caption": ("{family}: its p(x)", "{family}의 p(x)"),
    "tree.play.plane.model.ruler": (
        "{family}: no p(x), but a ruler on its samples",
        "{family}: p(x) 대신 표본 위의 자",
    ),
    "tree.play.plane.model.label": ("Density of the model: {family}", "모델의 밀도: {family}"),
    "tree.play.plane.samples.caption": ("{n} samples of it", "뽑은 표본 {n}개"),
    "tree.play.plane.samples.none": ("Its samples", "뽑은 표본"),
    "tree.play.plane.samples.label": ("Samples of the model", "모델에서 뽑은 표본"),
    "tree.play.draw_here": (
        "Draw here what is to be learned.\nWith keys: arrows move, the space bar lowers and lifts the pen",
        "학습할 것을 여기에 그려 보세요.\n키보드: 방향 키로 움직이고 스페이스 키로 펜을 내리고 듭니다",
    ),
    "tree.play.paper": (
        "Paper to draw on: arrow keys move the pen, the space bar lowers and lifts it",
        "그림을 그리는 종이. 방향 키로 펜을 움직이고 스페이스 키로 내리고 듭니다",
    ),
    "tree.play.clear": ("Clear", "지우기"),
    "tree.play.scale": ("{most} or more", "{most} 이상"),
    "tree.play.layer.mesh": ("Where a grid of noise goes", "잡음 격자가 옮겨 간 곳"),
    "tree.play.layer.ellipses": ("The Gaussians (2σ)", "정규분포들(2σ)"),
    "tree.play.layer.points": ("The data", "데이터의 점"),
    "tree.play.never": ("cannot be asked", "물을 수 없음"),
    "tree.play.gauge.point": ("log p at ?: {log}", "?에서 log p: {log}"),
    "tree.play.gauge.truth": ("truth: {log}", "참값: {log}"),
    "tree.play.gauge.bounds": (
        "ELBO {elbo} ≤ IW{k} {most} ≤ log p at ? {log}",
        "ELBO {elbo} ≤ IW{k} {most} ≤ ?에서 log p {log}",
    ),
    "tree.play.gauge.ruler": ("at ?, ruler {h}: {log}", "?에서 자 {h}: {log}"),
    "tree.play.gauge.samples": (
        "{modes} of {all} modes, {share} % of the samples on one",
        "모드 {all}개 중 {modes}개, 표본의 {share}%가 모드 위",
    ),
    # learning
    "tree.play.learn": ("Learn", "학습"),
    "tree.play.more": ("Learn on", "더 학습"),
    "tree.play.stop": ("Stop", "멈추기"),
    "tree.play.restart": ("Other first centres", "다른 중심에서 다시 시작"),
    "tree.play.starts": ("KL of each start: {listed}", "시작마다의 KL: {listed}"),
    "tree.play.seed": ("Seed", "시드"),
    "tree.play.state.empty": ("Nothing to learn from yet.", "아직 학습할 것이 없습니다."),
    "tree.play.state.waiting": ("One moment …", "잠시만요 …"),
    "tree.play.state.counted": (
        "Nothing to learn: it keeps or counts the points.",
        "학습 없이 점을 저장하거나 셉니다.",
    ),
    "tree.play.state.steps": ("{steps} of {enough} steps · {s} s", "{enough}스텝 중 {steps} · {s}초"),
    "tree.play.state.beyond": (
        "{steps} steps, of which {enough} are enough · {s} s",
        "{steps}스텝 ({enough}스텝이면 충분) · {s}초",
    ),
    "tree.play.state.most": ("{steps} steps, the most here · {s} s", "{steps}스텝, 여기서는 최대 · {s}초"),
    "tree.play.state.scoring": ("Scoring …", "채점 중 …"),
    "tree.play.side": ("Cells along each axis", "축마다 칸의 수"),
    "tree.play.bandwidth": ("Width h of a bump", "커널의 폭 h"),
    "tree.play.components": ("Gaussians K", "정규분포의 수 K"),
    "tree.play.ruler": ("Width h of the ruler", "자의 폭 h"),
    "tree.play.rate": ("Learning rate", "학습률"),
    "tree.play.film": ("From noise to data", "잡음에서 데이터까지"),
    "tree.play.film.play": ("From noise to data", "잡음에서 데이터로"),
    "tree.play.film.stop": ("Pause", "일시 정지"),
    "tree.play.film.sigma": ("σ = {at}", "σ = {at}"),
    "tree.play.film.t": ("t = {at}", "t = {at}"),
    "tree.play.broken": (
        "The numbers are not finite any more (NaN): the learning rate is too large. Go back to the last "
        "good state, that of step {n}, and learn on at half the rate.",
        "학습이 발산했습니다(NaN). 학습률이 너무 큽니다. 마지막으로 정상이던 상태({n}스텝)로 돌아가서 "
        "절반의 학습률로 이어 갈 수 있습니다.",
    ),
    "tree.play.restore": ("Back to the last good state", "마지막 정상 상태로"),
    "tree.play.problem.outside": (
        "None of the points lies inside the plane. Draw a little more towards the middle.",
        "점이 모두 평면 밖에 있습니다. 조금 더 가운데 쪽에 그려 보세요.",
    ),
    "tree.play.problem.full": (
        "The drawing is full: with this stroke it would be longer than {n} half-widths of the pen, so the "
        "stroke was left out. Learn what is there, or clear it and draw less.",
        "그림이 가득 찼습니다. 이 획까지 더하면 펜 폭 절반의 {n}배보다 길어져서 넣지 않았습니다. 지금까지 "
        "그린 것을 학습하거나, 지우고 더 짧게 그려 보세요.",
    ),
    "tree.play.problem.thread": (
        "This browser could not start the thread in which models learn. Reload the page, or take another "
        "browser.",
        "모델이 학습할 스레드를 시작하지 못했습니다. 페이지를 새로 고치거나 다른 브라우저로 열어 보세요.",
    ),
    "tree.play.problem.other": (
        "It could not learn from this: {reason}. Clear the drawing, or take other data.",
        "이 데이터로는 학습하지 못했습니다: {reason}. 그림을 지우거나 다른 데이터를 고르세요.",
    ),
    # the three questions; the answers of each family are in tree_families.py
    "tree.play.question.set": ("① How is p(x) set from data?", "① 데이터로 p(x)를 어떻게 정하나?"),
    "tree.play.question.sampled": ("② Can one draw from it?", "② 표본을 뽑을 수 있나?"),
    "tree.play.question.asked": (
        "③ How likely is a new point: can p(x) be asked?",
        "③ 새 점의 p(x)를 물을 수 있나?",
    ),
    "tree.play.question.wrong": ("What goes wrong?", "무엇이 잘못되나?"),
    "tree.play.found.impossible": (
        "{n} of {all} new points have density 0: so mean log p is −∞, and KL is ∞.",
        "새 점 {all}개 중 {n}개의 밀도가 0입니다. 그래서 평균 log p는 −∞, KL은 ∞입니다.",
    ),
    "tree.play.found.missed": ("Modes missed: {n} of {all}.", "모드 {all}개 중 {n}개를 놓쳤습니다."),
    "tree.play.found.bridge": (
        "{share} % of the samples lie off every mode, on bridges between them or beside them.",
        "표본의 {share}%가 모드를 벗어나 그 사이의 다리나 곁에 있습니다.",
    ),
    "tree.play.found.blur": (
        "{share} % of the samples lie off every mode: blurred by σ = {sigma}.",
        "표본의 {share}%가 모드를 벗어났습니다. σ = {sigma}만큼 번진 탓입니다.",
    ),
    "tree.play.found.stray": (
        "{share} % of the samples lie off every mode.",
        "표본의 {share}%가 모드를 벗어났습니다.",
    ),
    "tree.play.found.nothing": (
        "On these data: no mode missed, few samples off them.",
        "이 데이터에서는 놓친 모드가 없고, 모드를 벗어난 표본도 드뭅니다.",
    ),
    "tree.play.curse": (
        "The same cells along every axis, for 8,000 points",
        "축마다 칸의 수가 같을 때, 점 8,000개",
    ),
    "tree.play.curse.cells": ("Cells", "칸"),
    "tree.play.curse.points": ("Points in a cell", "칸마다 점"),
    "tree.play.curse.dimensions": ("{d} dimensions", "{d}차원"),
    # the score
    "tree.play.score": ("Score: nats from the truth", "채점: 참 밀도와의 차이(KL, nats)"),
    "tree.play.scoring": ("Scoring on the new points …", "새 점으로 채점하는 중 …"),
    "tree.play.not_yet": ("The score comes once it has learned.", "학습이 끝나면 채점합니다."),
    "tree.play.held": (
        "Mean log p of {n} new points: {log} ± {error}",
        "새 점 {n}개의 평균 log p: {log} ± {error}",
    ),
    "tree.play.ruler.says": (
        "A ruler of width {h} on 4,000 samples says KL {kl} ± {error}. Another width says something else.",
        "표본 4,000개에 폭 {h}의 자를 놓으면 KL {kl} ± {error}. 폭을 바꾸면 답도 바뀝니다.",
    ),
    "tree.play.ruler.cell": ("cannot be asked; ruler {h}: {kl}", "물을 수 없음 (자 {h}: {kl})"),
    "tree.play.figure.modes": ("Modes found", "찾은 모드"),
    "tree.play.figure.quality": ("On a mode", "모드 위의 표본"),
    "tree.play.figure.seconds": ("Learned for", "학습 시간"),
    "tree.play.figure.samples": ("1,000 samples", "표본 1,000개"),
    "tree.play.seconds": ("{s} s", "{s}초"),
    # the point
    "tree.play.point": ("Asked: log p at ({x}, {y})", "묻기: ({x}, {y})에서 log p"),
    "tree.play.point.truth": ("Truth", "참값"),
    "tree.play.handle": (
        "The point that is asked about: {x}, {y}. Drag, or arrow keys",
        "묻는 점: {x}, {y}. 드래그하거나 방향 키로 옮깁니다",
    ),
    "tree.play.point.histogram": ("By the count of its cell.", "그 칸의 개수로 답합니다."),
    "tree.play.point.empty": ("Its cell is empty: impossible.", "그 칸이 비어 있어 확률이 0입니다."),
    "tree.play.point.kernels": ("By the bumps around it.", "둘레의 커널로 답합니다."),
    "tree.play.point.gaussians": ("By the sum of its Gaussians.", "정규분포의 합으로 답합니다."),
    "tree.play.point.autoregressive": ("log p(x₁) + log p(x₂ | x₁)", "log p(x₁) + log p(x₂ | x₁)"),
    "tree.play.point.flow": (
        "By the noise that it comes from, and the stretching there.",
        "대응하는 잡음의 밀도와 그곳의 늘어남으로 답합니다.",
    ),
    "tree.play.point.diffusion": ("By 40 steps of an ODE.", "ODE 40단계로 답합니다."),
    "tree.play.point.matching": (
        "By 40 steps back along the field.",
        "벡터장을 40단계 거슬러 가서 답합니다.",
    ),
    "tree.play.point.vae": (
        "The ELBO is {gap} nats below the exact value.",
        "ELBO는 정확한 값보다 {gap} nats 낮습니다.",
    ),
    "tree.play.point.energy": (
        "−E(x) − log Z = {energy} − ({z}) = {log}; Z is a sum over a grid of the plane.",
        "−E(x) − log Z = {energy} − ({z}) = {log}. Z는 평면의 격자를 더한 값입니다.",
    ),
    "tree.play.point.gan": (
        "A ruler of width {h} would say {log}: the ruler's answer.",
        "폭 {h}의 자로 재면 {log}이지만, 이것은 자의 답입니다.",
    ),
    "tree.play.exact": ("exact", "정확한 값"),
    "tree.play.slice": (
        "p(x₂ | x₁ = {x}): the model's, dashed the true one",
        "p(x₂ | x₁ = {x}): 실선은 모델, 점선은 참값",
    ),
    "tree.play.slice.label": (
        "The density of the second coordinate where the first is that of the point",
        "첫 좌표가 묻는 점과 같을 때 둘째 좌표의 밀도",
    ),
    # the table
    "tree.play.table": ("What has learned so far", "지금까지 학습한 모델"),
    "tree.play.table.title": (
        "Learned so far: {data}, seed {seed}",
        "학습한 모델: {data}, 시드 {seed}",
    ),
    "tree.play.table.empty": (
        "Whatever you let learn is collected here, for each set of data.",
        "학습한 모델이 데이터별로 여기에 모입니다.",
    ),
    "tree.play.column.family": ("Model", "모델"),
    "tree.play.column.asked": ("p(x)?", "p(x)?"),
    "tree.play.column.kl": ("KL (nats)", "KL (nats)"),
    "tree.play.column.log": ("log p, new points", "새 점의 log p"),
    "tree.play.column.modes": ("Modes", "모드"),
    "tree.play.column.quality": ("On a mode", "모드 위"),
    "tree.play.column.steps": ("Steps", "스텝"),
    "tree.play.column.seconds": ("Learned, s", "학습(초)"),
    "tree.play.column.samples": ("1,000 samples", "표본 1,000개"),
    "tree.play.column.wrong": ("What went wrong", "잘못된 것"),
    "tree.play.answers.histogram": ("exact", "정확"),
    "tree.play.answers.kernels": ("exact", "정확"),
    "tree.play.answers.gaussians": ("exact", "정확"),
    "tree.play.answers.autoregressive": ("exact", "정확"),
    "tree.play.answers.flow": ("exact", "정확"),
    "tree.play.answers.vae": ("bound; exact by a grid of z", "하한 (z의 격자로 정확)"),
    "tree.play.answers.energy": ("only by a grid for Z", "Z의 격자로만"),
    "tree.play.answers.diffusion": ("bound; exact by an ODE", "하한 (ODE로 정확)"),
    "tree.play.answers.matching": ("exact by an ODE", "ODE로 정확"),
    "tree.play.answers.gan": ("no", "없음"),
}
