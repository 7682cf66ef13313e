using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Upload;

/// <summary>Takes in one photo: names it, checks it, makes its thumbnails and puts all into the incoming storage.</summary>
/// <param name="Content">Read once, to its end; stays open. What it throws passes through.</param>
public sealed record UploadImage(Stream Content) : IRequest<UploadedImage>;

/// <param name="Key">The original's new name.</param>
/// <param name="Size">In pixels of the upright picture.</param>
/// <param name="Bytes">Of the file that was sent.</param>
public sealed record UploadedImage(ImageKey Key, PixelSize Size, long Bytes);

internal sealed class UploadImageValidator : AbstractValidator<UploadImage>
{
    public UploadImageValidator() => RuleFor(request => request.Content).Must(content => content.CanRead);
}

internal sealed class UploadImageHandler(
    ThumbnailSet set,
    IncomingWriter incoming,
    IImageProcessor processor,
    IWorkspaces workspaces,
    KeyMint mint,
    UploadLimits limits,
    IModernBacklog backlog)
    : IRequestHandler<UploadImage, UploadedImage>
{
    private const string ReceivedName = "original";
    private const string SanitisedName = "sanitised";
    private const string UprightName = "upright";

    public async Task<UploadedImage> Handle(UploadImage request, CancellationToken cancellationToken)
    {
        using IWorkspace workspace = workspaces.Open();
        long bytes = await ReceiveAsync(request.Content, workspace, cancellationToken);
        ImageFormat format = await SniffAsync(workspace, cancellationToken);
        limits.Check(format);
        string original = ReceivedName;
        if (format == ImageFormat.Svg)
        {
            await processor.SanitiseAsync(workspace.PathOf(original), workspace.PathOf(SanitisedName), cancellationToken);
            original = SanitisedName;
        }

        ImageHeader header = await processor.ReadHeaderAsync(workspace.PathOf(original), format, cancellationToken);
        limits.Check(header);
        if (limits.AutoOrientOriginal && !header.IsUpright)
        {
            await processor.TurnAsync(workspace.PathOf(original), format, rotation: null, workspace.PathOf(UprightName), cancellationToken);
            original = UprightName;
        }

        ImageKey key = await mint.MintAsync(format, cancellationToken);
        await incoming.WriteAsync(workspace, original, key, crop: null, cancellationToken);
        if (set.ModernFormats.Count > 0)
        {
            backlog.Add(key);
        }

        return new UploadedImage(key, header.Size, bytes);
    }

    private async Task<long> ReceiveAsync(Stream content, IWorkspace workspace, CancellationToken cancellationToken)
    {
        long bytes = await workspace.ReceiveAsync(ReceivedName, content, limits.MaxBytes, cancellationToken);
        if (bytes == 0)
        {
            throw new InvalidImageException(InvalidImageException.EmptyFile, "The file is empty.");
        }

        return bytes <= limits.MaxBytes
            ? bytes
            : throw new InvalidImageException(
                InvalidImageException.FileTooLarge, $"The file is larger than the limit of {limits.MaxBytes} bytes.", limits.MaxBytes);
    }

    private static async Task<ImageFormat> SniffAsync(IWorkspace workspace, CancellationToken cancellationToken)
    {
        await using Stream file = workspace.OpenRead(ReceivedName);
        return await FormatSniffer.SniffAsync(file, cancellationToken)
            ?? throw new InvalidImageException(
                InvalidImageException.UnsupportedFormat, "The file is no picture of a format that is taken: JPEG, PNG, GIF or SVG.");
    }
}
