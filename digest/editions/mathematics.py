"""Simple mathematics in TeX, as titles and summaries of papers have it, in plain characters."""

from __future__ import annotations

import re

# Dollars around what begins and ends with no space, and are no amounts: `$5 and $10`.
_INLINE = re.compile(r"(?<![\w\\$])\$(?=[^\s$])([^$]{1,60})(?<=[^\s\\])\$(?![\w$])")
_SYMBOLS = """
    alpha α beta β gamma γ delta δ epsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν
    xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi φ chi χ psi ψ omega ω
    varepsilon ε vartheta ϑ varphi φ
    Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω
    ell ℓ hbar ℏ partial ∂ nabla ∇ infty ∞ emptyset ∅ sum ∑ prod ∏ int ∫ prime ′ dagger † star ⋆
    le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ approx ≈ sim ∼ simeq ≃ equiv ≡ ll ≪ gg ≫ lesssim ≲ gtrsim ≳
    times × cdot · pm ± mp ∓ div ÷ ast ∗ circ ∘ oplus ⊕ otimes ⊗ odot ⊙ propto ∝ perp ⊥ mid |
    to → rightarrow → leftarrow ← mapsto ↦ Rightarrow ⇒ in ∈ notin ∉ subset ⊂ subseteq ⊆ cup ∪ cap ∩
    forall ∀ exists ∃ neg ¬ wedge ∧ vee ∨ langle ⟨ rangle ⟩ ldots … dots …
    log log ln ln exp exp sin sin cos cos tan tan max max min min det det dim dim
    """
_NAMES = dict(zip(_SYMBOLS.split()[::2], _SYMBOLS.split()[1::2], strict=True))
_MARKS = {"%": "%", "&": "&", "#": "#", ",": " ", ";": " ", ":": " ", " ": " ", "!": ""}
_COMMAND = re.compile(r"\\(?:([A-Za-z]+) ?|([%&#,;: !]))")
_BLACKBOARD = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))
_FONT = re.compile(
    r"\\(mathbb|mathrm|mathit|mathbf|mathsf|mathcal|text|textrm|textit|operatorname) ?"
    r"\{([\w .+-]{1,20})\}"
)
_RAISED = str.maketrans("0123456789+-−=()nixyTabcdekmpt*′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱˣʸᵀᵃᵇᶜᵈᵉᵏᵐᵖᵗ*′")
_LOWERED = str.maketrans("0123456789+-−=()aeijknmopstx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑᵢⱼₖₙₘₒₚₛₜₓ")
_SCRIPT = re.compile(r"([\^_])(?:\{([^{}\\]{1,8})\}|([^\s{}\\^_]))")
_SQUARE_ROOT = re.compile(r"\\sqrt ?(?:\{(\w{1,3})\}|(\w))")
# Without any of TeX, what is a formula all the same: `n`, `x = y`, `O(n)`.
_FORMULA = re.compile(r"[^\W\d_](?:\([\w ,]{1,9}\)|\d?(?: ?[=<>+*/−-] ?\w{1,5}){0,3})")


def with_mathematics(text: str) -> str:
    r"""The text with `$\alpha^2 \leq 1$` as `α² ≤ 1`; what is not as simple stays as it is."""
    return _INLINE.sub(_formula, text) if "$" in text else text


def _formula(match: re.Match[str]) -> str:
    source = match[1]
    if not re.search(r"[\\^_]", source):
        return source if _FORMULA.fullmatch(source) else match[0]
    text = _FONT.sub(_in_font, source)
    text = _SQUARE_ROOT.sub(lambda root: f"√{root[1] or root[2]}", text)
    text = _SCRIPT.sub(_script, _COMMAND.sub(_command, text))
    return match[0] if re.search(r"[\\{}^_]", text) else " ".join(text.split())


def _in_font(match: re.Match[str]) -> str:
    font, text = match.groups()
    return _BLACKBOARD.get(text, match[0]) if font == "mathbb" else text


def _command(match: re.Match[str]) -> str:
    name, mark = match.groups()
    if not name:
        return _MARKS[mark]
    symbol = _NAMES.get(name)
    if symbol is None:
        return match[0]
    # The space that ends the name of a letter is none of the text's.
    is_letter = len(symbol) == 1 and symbol.isalpha()
    return f"{symbol} " if match[0].endswith(" ") and not is_letter else symbol


def _script(match: re.Match[str]) -> str:
    table = _RAISED if match[1] == "^" else _LOWERED
    text = match[2] or match[3]
    if any(ord(character) not in table for character in text):
        return match[0]
    return text.translate(table)
