using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Publish;

/// <summary>Publishes the result of changing a published image under a new name: readers keep the old thumbnails in their caches.</summary>
internal sealed class ChangePublisher(KeyMint mint, OriginalStripper stripper, IncomingWriter incoming, Publisher publisher, Marks marks)
{
    /// <summary>The new image is completed in incoming and goes to active by the steps of a publish. A change already made is not made again.</summary>
    /// <param name="original">The image to change.</param>
    /// <param name="change">As in <see cref="KeyMint.NameAsync"/>, like <paramref name="isResult"/>.</param>
    /// <param name="make">Returns the changed file, in the same format, and what its thumbnails show.</param>
    /// <exception cref="BusyException">The same change, sent twice, failed elsewhere and took away what both had made.</exception>
    public async Task<Change> PublishAsync(
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
        try
        {
            await publisher.PublishAsync(key, crop: null, waitForModern: true, CancellationToken.None);
        }
        catch (ImageNotFoundException)
        {
            // Somebody knew the new image already, and deleted it: as if just after this. The image to change is not missing.
            if (await marks.FindTombstoneAsync(key, CancellationToken.None) is null)
            {
                throw new BusyException($"Another request that makes {key} failed.");
            }

            isDone = false; // it goes, whoever made it
        }

        return new Change(key, WasDone: isDone);
    }

    /// <summary>Makes the thumbnails of a published result show something else.</summary>
    public Task RecropAsync(ImageKey key, CropArea crop) => publisher.PublishAsync(key, crop, waitForModern: true, CancellationToken.None);
}

/// <param name="Key">The new name.</param>
/// <param name="WasDone">Whether an earlier request had made it, whose client may know it.</param>
internal sealed record Change(ImageKey Key, bool WasDone);
