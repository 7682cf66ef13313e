using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Clean;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Describe;

/// <summary>Tells everything that is known about one image: of a published one as it is in active, else as it waits in incoming.</summary>
/// <param name="Key">Text of the original's <see cref="ImageKey"/>.</param>
public sealed record DescribeImage(string? Key) : IRequest<ImageDescription>, IOfImage
{
    string? IOfImage.Image => Key;
}

/// <param name="In">The storage's name.</param>
/// <param name="Size">In pixels of the upright picture; null: it can't be read.</param>
/// <param name="Sha256">In lower-case hexadecimal digits.</param>
/// <param name="TakenAt">From the EXIF of the original as it is stored.</param>
/// <param name="ExpiresAt">In incoming: when the service removes it, if nobody publishes it; null: it does not.</param>
/// <param name="ThumbHash">A placeholder of the smallest thumbnail that is there, in Base64; null: none can be read.</param>
/// <param name="Thumbnails">Those of every size and format that is set, also if they are missing; then any others that are there.</param>
public sealed record ImageDescription(
    ImageKey Key,
    string In,
    PixelSize? Size,
    long Bytes,
    string Sha256,
    TakenAt? TakenAt,
    DateTimeOffset StoredAt,
    DateTimeOffset? ExpiresAt,
    CropArea? Crop,
    string? ThumbHash,
    IReadOnlyList<DescribedThumbnail> Thumbnails);

internal sealed class DescribeImageValidator : AbstractValidator<DescribeImage>
{
    public DescribeImageValidator(ThumbnailSet set) => RuleFor(request => request.Key).MustBeOriginal(set);
}

internal sealed class DescribeImageHandler(
    ImageStores stores, ThumbnailDescriber thumbnails, IImageProcessor processor, IWorkspaces workspaces, ExpiryRule expiry, TimeProvider time)
    : IRequestHandler<DescribeImage, ImageDescription>
{
    public async Task<ImageDescription> Handle(DescribeImage request, CancellationToken cancellationToken)
    {
        ImageKey key = ImageKey.Parse(request.Key!);
        try
        {
            return await DescribeAsync(key, cancellationToken);
        }
        catch (ImageNotFoundException)
        {
            // A publish may have moved it between two looks.
            return await DescribeAsync(key, cancellationToken);
        }
    }

    private async Task<ImageDescription> DescribeAsync(ImageKey key, CancellationToken cancellationToken)
    {
        bool isActive = await stores.Active.ExistsAsync(key, cancellationToken);
        using IWorkspace workspace = workspaces.Open();
        StoredImage stored = await workspace.FetchAsync(isActive ? stores.ActiveForReaders : stores.IncomingForReaders, key, cancellationToken);
        FileSum sum = await workspace.SumAsync(OriginalFile.Name, cancellationToken);
        ImageHeader? header = await ReadHeaderAsync(workspace, key, cancellationToken);
        IImageStorage storage = isActive ? stores.Active : stores.Incoming;
        IReadOnlyList<DescribedThumbnail> found = await thumbnails.DescribeAsync(stored, header?.Size, storage, workspace, cancellationToken);
        return new ImageDescription(
            key,
            isActive ? ImageStores.ActiveName : ImageStores.IncomingName,
            header?.Size,
            sum.Bytes,
            sum.Sha256,
            header?.Facts?.TakenAt,
            stored.WrittenAt,
            isActive ? null : Expiry.BornAt(key, stored.WrittenAt, time.GetUtcNow()) + expiry.After,
            stored.Properties.Crop,
            await thumbnails.HashAsync(found, storage, workspace, cancellationToken),
            found);
    }

    // Of an image that can't be read, everything else is still worth knowing.
    private async Task<ImageHeader?> ReadHeaderAsync(IWorkspace workspace, ImageKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await processor.ReadHeaderAsync(workspace.PathOf(OriginalFile.Name), key.Format, cancellationToken);
        }
        catch (InvalidImageException)
        {
            return null;
        }
    }
}
