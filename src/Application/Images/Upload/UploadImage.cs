using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using MediatR;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Application.Images.Upload;

/// <summary>Takes in one photo: names it, checks it, makes its thumbnails and puts all into the incoming storage.</summary>
/// <param name="Content">Read once, to its end; stays open. What it throws passes through.</param>
public sealed record UploadImage(Stream Content) : IRequest<UploadedImage>;

/// <param name="Key">The original's new name.</param>
/// <param name="Size">In pixels of the upright picture.</param>
/// <param name="Bytes">Of the stored original.</param>
public sealed record UploadedImage(ImageKey Key, PixelSize Size, long Bytes);

internal sealed class UploadImageValidator : AbstractValidator<UploadImage>
{
    public UploadImageValidator() => RuleFor(request => request.Content).Must(content => content.CanRead);
}

internal sealed class UploadImageHandler(
    ImageStores stores,
    ThumbnailSet set,
    ThumbnailWriter thumbnails,
    IImageProcessor processor,
    IWorkspaces workspaces,
    KeyMint mint,
    UploadLimits limits,
    ILogger<UploadImageHandler> logger)
    : IRequestHandler<UploadImage, UploadedImage>
{
    private const string OriginalName = "original";

    public async Task<UploadedImage> Handle(UploadImage request, CancellationToken cancellationToken)
    {
        using IWorkspace workspace = workspaces.Open();
        long bytes = await ReceiveAsync(request.Content, workspace, cancellationToken);
        ImageFormat format = await SniffAsync(workspace, cancellationToken);
        ImageHeader header = await processor.ReadHeaderAsync(workspace.PathOf(OriginalName), format, cancellationToken);
        limits.Check(header);

        ImageKey key = await mint.MintAsync(format, cancellationToken);
        try
        {
            // The original comes last: whoever sees it in incoming finds all its thumbnails there.
            await thumbnails.WriteAllAsync(workspace, OriginalName, key, stores.Incoming, cancellationToken);
            await using Stream original = workspace.OpenRead(OriginalName);
            await stores.Incoming.PutAsync(key, original, ImageProperties.None, cancellationToken);
        }
        catch
        {
            await TakeBackAsync(key);
            throw;
        }

        return new UploadedImage(key, header.Size, bytes);
    }

    private async Task<long> ReceiveAsync(Stream content, IWorkspace workspace, CancellationToken cancellationToken)
    {
        long bytes = await workspace.ReceiveAsync(OriginalName, content, limits.MaxBytes, cancellationToken);
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
        await using Stream file = workspace.OpenRead(OriginalName);
        return await FormatSniffer.SniffAsync(file, cancellationToken)
            ?? throw new InvalidImageException(
                InvalidImageException.UnsupportedFormat, "The file is no picture of a format that is taken: JPEG, PNG, GIF or SVG.");
    }

    // What can't be taken back now was never published, and expires.
    private async Task TakeBackAsync(ImageKey key)
    {
        try
        {
            await stores.Incoming.DeleteAllAsync([.. set.BaseKeysOf(key), key], CancellationToken.None);
        }
        catch (StorageException fault)
        {
            logger.LogWarning("After a failed upload of {Key}: {Fault}", key, fault.Message);
        }
    }
}
