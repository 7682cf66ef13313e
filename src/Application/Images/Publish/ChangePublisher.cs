using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Publish;

/// <summary>Publishes what a change makes of a published image, under a new name: readers keep the old thumbnails in their caches.</summary>
internal sealed class ChangePublisher(KeyMint mint, OriginalStripper stripper, IncomingWriter incoming, Publisher publisher)
{
    /// <summary>The new image is made whole in incoming and goes to active by the steps of a publish. A change that is there already is not made again.</summary>
    /// <param name="original">What is changed.</param>
    /// <param name="change">As in <see cref="KeyMint.NameAsync"/>, like <paramref name="isResult"/>.</param>
    /// <param name="make">Gives the changed file, of the same format, and what its thumbnails show.</param>
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

        // From here on nothing is given up, for nobody would know the new name. One that was cut off is finished.
        await publisher.PublishAsync(key, crop: null, waitForModern: true, CancellationToken.None);
        return key;
    }

    /// <summary>Makes the thumbnails of what was published show something else.</summary>
    public Task RecropAsync(ImageKey key, CropArea crop) => publisher.PublishAsync(key, crop, waitForModern: true, CancellationToken.None);
}
