using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Jpeg;

/// <summary>
/// Whether colour is stored as finely as brightness. If a spec leaves it open, a thumbnail follows its original, as with ImageMagick.
/// </summary>
internal static class JpegChroma
{
    // libvips' own choice at quality 90 is full chroma, with 35 % more bytes than ImageMagick, which keeps the source's.
    private const string Field = "jpeg-chroma-subsample";

    public static bool IsFull(Image image) => Of(image) == "4:4:4";

    public static bool IsHalf(Image image) => Of(image) == "4:2:0";

    public static Enums.ForeignSubsample Subsample(bool isFull) => isFull ? Enums.ForeignSubsample.Off : Enums.ForeignSubsample.On;

    private static string? Of(Image image) => image.Contains(Field) ? (string)image.Get(Field) : null;
}
