using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Simulation.Tests.Planted;

/// <summary>A publish that copies the original before its thumbnails.</summary>
internal sealed class OriginalFirst(IImageStorage inner, ThumbnailSet set) : DecoratedStorage(inner)
{
    public override async Task CopyFromAsync(IImageStorage source, ImageKey key, ImageProperties? properties, CancellationToken cancellationToken)
    {
        ImageKey? original = set.OriginalsOf(key).FirstOrDefault(one => one.Format == ImageFormat.Jpeg);
        if (original is not null && await source.ExistsAsync(original, cancellationToken) && !await Inner.ExistsAsync(original, cancellationToken))
        {
            await Inner.CopyFromAsync(source, original, properties: null, cancellationToken);
        }

        await base.CopyFromAsync(source, key, properties, cancellationToken);
    }
}
