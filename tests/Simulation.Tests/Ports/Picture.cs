using ImageBackend.Domain;

namespace ImageBackend.Simulation.Tests.Ports;

/// <summary>Pictures as text: what an original is, and what becomes of it.</summary>
internal static class Picture
{
    public const string Broken = "broken";

    private const string Turn = " turned by ";

    private static readonly PixelSize Wide = new(4000, 3000);
    private static readonly PixelSize High = new(3000, 4000);

    public static string Of(int image, bool isBroken) => isBroken ? $"photo {image} {Broken}" : $"photo {image}";

    public static bool IsBroken(string text) => text.EndsWith(Broken, StringComparison.Ordinal);

    public static string Turned(string original, Rotation? rotation) => $"{original}{Turn}{rotation?.Degrees}";

    public static bool IsTurned(string original) => original.Contains(Turn, StringComparison.Ordinal);

    /// <returns>The upload that an original is, or was before it was turned.</returns>
    public static string Untouched(string original)
    {
        int turn = original.IndexOf(Turn, StringComparison.Ordinal);
        return turn < 0 ? original : original[..turn];
    }

    public static string ThumbnailOf(string original, string suffix, ImageFormat format, CropArea? crop) => $"{suffix} as {format} of {original}, {crop}";

    public static PixelSize SizeOf(string original)
    {
        bool isHigh = false;
        for (int at = original.IndexOf(Turn, StringComparison.Ordinal); at >= 0; at = original.IndexOf(Turn, at + 1, StringComparison.Ordinal))
        {
            isHigh ^= !original.AsSpan(at + Turn.Length).StartsWith("180", StringComparison.Ordinal);
        }

        return isHigh ? High : Wide;
    }
}
