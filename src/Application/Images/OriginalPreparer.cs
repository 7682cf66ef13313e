using System.Security.Cryptography;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <summary>Checks a file that came from outside and makes of it the original that is stored: one set of rules, wherever it came from.</summary>
internal sealed class OriginalPreparer(IImageProcessor processor, UploadLimits limits, OriginalStripper stripper)
{
    private const string SanitisedName = "sanitised";
    private const string UprightName = "upright";

    /// <summary>Receives a file as <see cref="OriginalFile.Name"/>.</summary>
    /// <remarks>Summed up while it comes in: most originals are stored as they are, and need not be read for it.</remarks>
    /// <exception cref="InvalidImageException">It is empty or too large.</exception>
    public async Task<FileSum> ReceiveAsync(Stream content, IWorkspace workspace, CancellationToken cancellationToken)
    {
        using SHA256 sum = SHA256.Create();
        await using CryptoStream summed = new(content, sum, CryptoStreamMode.Read, leaveOpen: true);
        long bytes = await workspace.ReceiveAsync(OriginalFile.Name, summed, limits.MaxBytes, cancellationToken);
        limits.Check(bytes);
        return new FileSum(bytes, Convert.ToHexStringLower(sum.Hash!));
    }

    /// <remarks>Nothing of the content is looked at here: that is done by the processor.</remarks>
    /// <param name="fileName">As it was received, a file of the workspace; stays as it is.</param>
    /// <exception cref="InvalidImageException">It is refused.</exception>
    public async Task<PreparedOriginal> PrepareAsync(IWorkspace workspace, string fileName, CancellationToken cancellationToken)
    {
        string? sanitised = limits.TakesDrawings ? workspace.PathOf(SanitisedName) : null;
        Inspection found = await processor.InspectAsync(workspace.PathOf(fileName), sanitised, cancellationToken);
        ImageHeader header = found.Header
            ?? throw new InvalidImageException(InvalidImageException.UnsupportedFormat, "This service takes no drawings (SVG), but JPEG, PNG and GIF.");
        limits.Check(header);
        ImageFormat format = found.Format;
        string original = format == ImageFormat.Svg ? SanitisedName : fileName;
        if (limits.AutoOrientOriginal && !header.IsUpright)
        {
            await processor.TurnAsync(workspace.PathOf(original), format, rotation: null, workspace.PathOf(UprightName), cancellationToken);
            original = UprightName;
        }

        // The facts are those of what was received: what is stored may not tell them any more.
        original = await stripper.StripAsync(workspace, original, format, cancellationToken);
        return new PreparedOriginal(original, format, header.Size, header.Facts ?? PhotoFacts.None, found.IsAltered);
    }
}

/// <param name="FileName">What is to be stored, a file of the workspace.</param>
/// <param name="Size">In pixels of the upright picture.</param>
/// <param name="Facts">Of the file as it was received.</param>
/// <param name="IsAltered">Whether it is a drawing that looks different from what was received.</param>
internal sealed record PreparedOriginal(string FileName, ImageFormat Format, PixelSize Size, PhotoFacts Facts, bool IsAltered);

/// <param name="Sha256">Of the content, in hexadecimal digits.</param>
internal sealed record FileSum(long Bytes, string Sha256);
