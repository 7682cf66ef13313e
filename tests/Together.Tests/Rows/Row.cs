namespace ImageBackend.Together.Tests.Rows;

/// <summary>What is done with one picture in one service.</summary>
/// <param name="HasExif">Whether it is stored on its side, with an EXIF block that also reveals its place and owner.</param>
/// <param name="Crops">Whether the deed has a crop.</param>
internal sealed record Row(Picture Picture, Length Length, bool HasExif, Deed Deed, bool Crops)
{
    public override string ToString() => $"{Picture}, {Length}{(HasExif ? ", HasExif" : "")}: {Deed}{(Crops ? ", Crops" : "")}";
}

internal enum Picture
{
    JpegBaseline,
    JpegProgressive,
    JpegCmyk,
    Png8,
    Png16,
    PngAlpha,
    WebP,
    Avif,
    Gif,
    GifAnimated,
    Svg,
    SvgWithPicture,
}

internal enum Length
{
    Pixel,
    Ordinary,
    LongSide,
    JustBelow16MB,

    /// <summary>MAX_UPLOAD_BYTES, or the limit for drawings.</summary>
    AtLimit,
    OneByteBeyond,
}

internal enum Deed
{
    Upload,
    Publish,
    PublishAgain,
    Recrop,
    Rotate,
    DeleteUpload,
    DeletePublished,
    Serve,
    ResizeMissing,
    ResizeForce,
    VerifyRepair,
    Clean,
    Migrate,
}
