"""What a collision would leave: whether it is catastrophic, and how many pieces of a size and more.

N. L. Johnson, P. H. Krisko, J.-C. Liou and P. D. Anz-Meador, "NASA's New Breakup Model of EVOLVE 4.0", Advances in
Space Research 28 (2001): catastrophic from 40 J/g of the target on; N(L) = 0.1 M^0.75 L^-1.71. The form with the
lighter object as the projectile is that of NASA CARA's CollisionConsequence.
"""

from dataclasses import dataclass

from astrodynamics.errors import InvalidStateError

CATASTROPHIC_ENERGY_J_G = 40.0
TRACKABLE_SIZE_M = 0.05


@dataclass(frozen=True, slots=True)
class CollisionConsequence:
    """Outcome of a collision.

    Attributes
    ----------
    catastrophic
        Both objects break up as a whole.
    energy_to_mass_j_g
        Kinetic energy of the lighter object by the mass of the heavier one.
    pieces
        Number of the size asked for and larger.
    """

    catastrophic: bool
    energy_to_mass_j_g: float
    pieces: int


def collision_consequence(
    mass_1_kg: float, mass_2_kg: float, relative_speed_m_s: float, smallest_size_m: float = TRACKABLE_SIZE_M
) -> CollisionConsequence:
    """Pieces of a collision of two masses.

    Raises
    ------
    InvalidStateError
        A mass, the speed or the size is not positive.

    """
    if not (mass_1_kg > 0.0 and mass_2_kg > 0.0 and relative_speed_m_s > 0.0 and smallest_size_m > 0.0):
        raise InvalidStateError(
            "Masses (kg), relative speed (m/s) and smallest size (m) of a collision must be positive: "
            f"{mass_1_kg:g}, {mass_2_kg:g}, {relative_speed_m_s:g}, {smallest_size_m:g} were given."
        )
    lighter, heavier = sorted((mass_1_kg, mass_2_kg))
    energy_j_g = 0.5 * lighter * relative_speed_m_s**2 / (heavier * 1e3)
    catastrophic = energy_j_g > CATASTROPHIC_ENERGY_J_G
    mass = lighter + heavier if catastrophic else lighter * (relative_speed_m_s * 1e-3) ** 2
    pieces = 0.1 * mass**0.75 * smallest_size_m**-1.71
    return CollisionConsequence(catastrophic, energy_j_g, round(pieces))
