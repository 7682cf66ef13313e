using System.Security.Cryptography;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <summary>Checks a file that came from outside and turns it into the original to store: the same rules wherever it came from.</summary>
internal sealed class OriginalPreparer(IImageProcessor processor, UploadLimits limits, OriginalStripper stripper)
{
    private const string SanitisedName = "sanitised";
    private const string ConvertedName = "converted";
    private const string UprightName = "upright";

    /// <summary>Receives a file as <see cref="OriginalFile.Name"/>.</summary>
    /// <remarks>The checksum is taken while it comes in: most originals are stored as they are, and need not be read again.</remarks>
    /// <exception cref="InvalidImageException">It is empty or too large.</exception>
    public async Task<FileSum> ReceiveAsync(Stream content, IWorkspace workspace, CancellationToken cancellationToken)
    {
        using SHA256 sum = SHA256.Create();
        await using CryptoStream summed = new(content, sum, CryptoStreamMode.Read, leaveOpen: true);
        long bytes = await workspace.ReceiveAsync(OriginalFile.Name, summed, limits.MaxBytes, cancellationToken);
        limits.Check(bytes);
        return new FileSum(bytes, Convert.ToHexStringLower(sum.Hash!));
    }

    /// <remarks>The content is not inspected here: the processor does that.</remarks>
    /// <param name="fileName">The file as it was received, in the workspace; it stays as it is.</param>
    /// <param name="convertedInto">What a photo becomes if it must be converted: JPEG or PNG; null: what suits it.</param>
    /// <exception cref="InvalidImageException">It is refused.</exception>
    public async Task<PreparedOriginal> PrepareAsync(
        IWorkspace workspace, string fileName, ImageFormat? convertedInto, CancellationToken cancellationToken)
    {
        Inspection found = await InspectAsync(workspace, fileName, cancellationToken);
        if (found.Format.IsUploaded)
        {
            return await PrepareAsync(workspace, fileName, found, convertedFrom: null, cancellationToken);
        }

        // From here on as if the converted photo had been sent.
        await processor.ConvertAsync(workspace.PathOf(fileName), found.Format, convertedInto, workspace.PathOf(ConvertedName), cancellationToken);
        await using (Stream file = workspace.OpenRead(ConvertedName))
        {
            limits.CheckConverted(file.Length, found.Format);
        }

        Inspection converted = await InspectAsync(workspace, ConvertedName, cancellationToken);
        return await PrepareAsync(workspace, ConvertedName, converted, found.Format, cancellationToken);
    }

    private async Task<Inspection> InspectAsync(IWorkspace workspace, string fileName, CancellationToken cancellationToken)
    {
        string? sanitised = limits.TakesDrawings ? workspace.PathOf(SanitisedName) : null;
        Inspection found = await processor.InspectAsync(workspace.PathOf(fileName), sanitised, cancellationToken);
        limits.Check(found.Header
            ?? throw new InvalidImageException(InvalidImageException.UnsupportedFormat, "Drawings (SVG) are not accepted here, only JPEG, PNG and GIF."));
        return found;
    }

    private async Task<PreparedOriginal> PrepareAsync(
        IWorkspace workspace, string fileName, Inspection found, ImageFormat? convertedFrom, CancellationToken cancellationToken)
    {
        ImageHeader header = found.Header!;
        ImageFormat format = found.Format;
        string original = format == ImageFormat.Svg ? SanitisedName : fileName;
        if (limits.AutoOrientOriginal && !header.IsUpright)
        {
            await processor.TurnAsync(workspace.PathOf(original), format, rotation: null, workspace.PathOf(UprightName), cancellationToken);
            original = UprightName;
        }

        // The facts are those of the received file: the stored one may no longer have them.
        original = await stripper.StripAsync(workspace, original, format, cancellationToken);
        return new PreparedOriginal(original, format, header.Size, header.Facts ?? PhotoFacts.None, found.IsAltered, convertedFrom);
    }
}

/// <param name="FileName">The file to store, in the workspace.</param>
/// <param name="Size">In pixels of the upright picture.</param>
/// <param name="Facts">Those of the file as it was received.</param>
/// <param name="IsAltered">Whether it is a drawing that looks different from what was received.</param>
/// <param name="ConvertedFrom">The format that it was received in; null: it was not converted.</param>
internal sealed record PreparedOriginal(string FileName, ImageFormat Format, PixelSize Size, PhotoFacts Facts, bool IsAltered, ImageFormat? ConvertedFrom);
