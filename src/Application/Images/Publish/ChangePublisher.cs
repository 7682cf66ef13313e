using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Publish;

/// <summary>Publishes the result of changing a published image under a new name: readers keep the old thumbnails in their caches.</summary>
internal sealed class ChangePublisher(KeyMint mint, OriginalStripper stripper, IncomingWriter incoming, Publisher publisher)
{
    /// <summary>The new image is completed in incoming and goes to active by the steps of a publish. A change already made is not made again.</summary>
    /// <param name="original">The image to change.</param>
    /// <param name="change">As in <see cref="KeyMint.NameAsync"/>, like <paramref name="isResult"/>.</param>
    /// <param name="make">Returns the changed file, in the same format, and what its thumbnails show.</param>
    /// <returns>The new name.</returns>
    public async Task<ImageKey> PublishAsync(
        StoredImage original,
        string change,
        Func<StoredImage, bool> isResult,
        IWorkspace workspace,
        Func<Task<(string FileName, CropArea? Crop)>> make,
        CancellationToken cancellationToken)
    {
        (ImageKey key, bool isDone) = await mint.NameAsync(original, change, isResult, cancellationToken);
        if (!isDone)
        {
            (string fileName, CropArea? crop) = await make();
            string stripped = await stripper.StripAsync(workspace, fileName, original.Key.Format, cancellationToken);
            await incoming.WriteAsync(new SourceImage(workspace, stripped, key, crop), cancellationToken);
        }

        // From here on nothing is cancelled, since nobody would know the new name. A change that was cut off is finished.
        await publisher.PublishAsync(key, crop: null, waitForModern: true, CancellationToken.None);
        return key;
    }

    /// <summary>Makes the thumbnails of a published result show something else.</summary>
    public Task RecropAsync(ImageKey key, CropArea crop) => publisher.PublishAsync(key, crop, waitForModern: true, CancellationToken.None);
}
