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
    /// <summary>Where a cut's upper left corner lies in a picture; negative if it starts outside.</summary>
    /// <param name="x">How far the cut is moved to the right, or to the left if the gravity is on the right.</param>
    /// <param name="y">How far it is moved down, or up if the gravity is at the bottom.</param>
    public static (int X, int Y) OffsetOf(this Gravity gravity, PixelSize cut, PixelSize picture, int x = 0, int y = 0)
    {
        return (Along((int)gravity % 3, cut.Width, picture.Width, x), Along((int)gravity / 3, cut.Height, picture.Height, y));

        // ImageMagick centres with two integer divisions.
        static int Along(int third, int cutSide, int side, int inwards) => third switch
        {
            0 => inwards,
            1 => (side / 2) - (cutSide / 2) + inwards,
            _ => side - cutSide - inwards,
        };
    }
}
