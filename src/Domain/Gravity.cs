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
    /// <summary>Where a cut's upper left corner lies in a picture; negative where the cut is larger.</summary>
    public static (int X, int Y) OffsetOf(this Gravity gravity, PixelSize cut, PixelSize picture)
    {
        return (Along((int)gravity % 3, cut.Width, picture.Width), Along((int)gravity / 3, cut.Height, picture.Height));

        // Two integer divisions, as ImageMagick centres.
        static int Along(int third, int cutSide, int side) => third switch
        {
            0 => 0,
            1 => (side / 2) - (cutSide / 2),
            _ => side - cutSide,
        };
    }
}
