namespace ImageBackend.Domain;

/// <summary>Which part of a picture a cut keeps.</summary>
public enum Gravity
{
    NorthWest,
    North,
    NorthEast,
    West,
    Center,
    East,
    SouthWest,
    South,
    SouthEast,
}

public static class GravityExtensions
{
    /// <summary>Where a cut's upper left corner lies in a picture; negative where it begins outside.</summary>
    /// <param name="x">By which the cut is moved: to the right, but to the left where the gravity is to the right.</param>
    /// <param name="y">Down, but up where the gravity is down.</param>
    public static (int X, int Y) OffsetOf(this Gravity gravity, PixelSize cut, PixelSize picture, int x = 0, int y = 0)
    {
        return (Along((int)gravity % 3, cut.Width, picture.Width, x), Along((int)gravity / 3, cut.Height, picture.Height, y));

        // Two integer divisions, as ImageMagick centres.
        static int Along(int third, int cutSide, int side, int inwards) => third switch
        {
            0 => inwards,
            1 => (side / 2) - (cutSide / 2) + inwards,
            _ => side - cutSide - inwards,
        };
    }
}
