using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <summary>Checks a file that came from outside and makes of it the original that is stored: one set of rules, wherever it came from.</summary>
internal sealed class Intake(IImageProcessor processor, UploadLimits limits, OriginalStripper stripper)
{
    private const string SanitisedName = "sanitised";
    private const string UprightName = "upright";

    /// <remarks>Of the content itself only the first kilobytes are looked at here; everything deeper is done by the processor.</remarks>
    /// <param name="fileName">As it was received, a file of the workspace; stays as it is.</param>
    /// <exception cref="InvalidImageException">It is refused.</exception>
    public async Task<CheckedOriginal> CheckAsync(IWorkspace workspace, string fileName, CancellationToken cancellationToken)
    {
        ImageFormat format = await SniffAsync(workspace, fileName, cancellationToken);
        string original = fileName;
        bool isAltered = false;
        if (format == ImageFormat.Svg)
        {
            isAltered = await processor.SanitiseAsync(workspace.PathOf(original), workspace.PathOf(SanitisedName), cancellationToken);
            original = SanitisedName;
        }

        ImageHeader header = await processor.ReadHeaderAsync(workspace.PathOf(original), format, cancellationToken);
        limits.Check(header);
        if (limits.AutoOrientOriginal && !header.IsUpright)
        {
            await processor.TurnAsync(workspace.PathOf(original), format, rotation: null, workspace.PathOf(UprightName), cancellationToken);
            original = UprightName;
        }

        // The facts are those of what was received: what is stored may not tell them any more.
        original = await stripper.StripAsync(workspace, original, format, cancellationToken);
        return new CheckedOriginal(original, format, header.Size, header.Facts ?? PhotoFacts.None, isAltered);
    }

    private async Task<ImageFormat> SniffAsync(IWorkspace workspace, string fileName, CancellationToken cancellationToken)
    {
        await using Stream file = workspace.OpenRead(fileName);
        ImageFormat format = await FormatSniffer.SniffAsync(file, cancellationToken)
            ?? throw new InvalidImageException(
                InvalidImageException.UnsupportedFormat, "The file is not a picture of a format that is taken: JPEG, PNG, GIF or SVG.");
        limits.Check(format, file.Length);
        return format;
    }
}

/// <param name="FileName">What is to be stored, a file of the workspace.</param>
/// <param name="Size">In pixels of the upright picture.</param>
/// <param name="Facts">Of the file as it was received.</param>
/// <param name="IsAltered">Whether it is a drawing that looks otherwise than it was received.</param>
internal sealed record CheckedOriginal(string FileName, ImageFormat Format, PixelSize Size, PhotoFacts Facts, bool IsAltered);
