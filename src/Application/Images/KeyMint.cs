using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <returns>A number from 0 to 9,999,999,999 that can't be predicted.</returns>
public delegate long KeyNumberSource();

/// <summary>Gives each upload a name that no image has.</summary>
internal sealed class KeyMint(ImageStores stores, Marks marks, TimeProvider time, KeyNumberSource numbers)
{
    private const int SecondsPerHour = 3600;

    // One in 10^10 collides within a second; five in a row mean that the source of numbers is broken.
    private const int Tries = 5;

    /// <exception cref="InvalidOperationException">Every number that was drawn is taken.</exception>
    public async Task<ImageKey> MintAsync(ImageFormat format, CancellationToken cancellationToken)
    {
        for (int i = 0; i < Tries; i++)
        {
            ImageKey key = ImageKey.Mint(time.GetUtcNow(), numbers(), format);
            if (!await stores.Incoming.ExistsAsync(key, cancellationToken) && !await stores.Active.ExistsAsync(key, cancellationToken))
            {
                return key;
            }
        }

        throw new InvalidOperationException($"No free key after {Tries} draws.");
    }

    /// <summary>Names an upload that may have been cut off after it was stored, and before anybody was told its name.</summary>
    /// <param name="drawn">The name that was drawn for it then.</param>
    /// <param name="bytes">The size of the original.</param>
    /// <returns>That name, unless it is another image's: one of another size, or one that is published.</returns>
    public async Task<ImageKey> ReuseAsync(ImageKey drawn, long bytes, CancellationToken cancellationToken) =>
        (await stores.Incoming.FindAsync(drawn, cancellationToken) is { } found && found.Bytes != bytes) || await stores.Active.ExistsAsync(drawn, cancellationToken)
            ? await MintAsync(drawn.Format, cancellationToken)
            : drawn;

    /// <summary>
    /// Names the result of a change to an image: every process gives the same change of the same content the same name within the hour and
    /// the one after it. So it can be sent again if its answer was lost, and two that are sent at the same time make one image.
    /// </summary>
    /// <param name="change">Text that tells changes apart, such as <c>rotate 90</c>.</param>
    /// <param name="isResult">Whether an image under such a name is still what the change would make.</param>
    /// <returns>The name, and whether the change is already done and published under it.</returns>
    public async Task<(ImageKey Key, bool IsDone)> NameAsync(
        StoredImage original, string change, Func<StoredImage, bool> isResult, CancellationToken cancellationToken)
    {
        long hour = time.GetUtcNow().ToUnixTimeSeconds() / SecondsPerHour;
        ImageKey[] names = [Name(original, change, hour), Name(original, change, hour - 1)];
        StoredImage?[] found = await Task.WhenAll(names.Select(name => stores.Active.FindAsync(name, cancellationToken)));
        if (found.OfType<StoredImage>().FirstOrDefault(isResult) is { } done)
        {
            return (done.Key, true);
        }

        // A result that has since been changed or deleted is another image.
        bool isFree = found[0] is null && await marks.FindTombstoneAsync(names[0], cancellationToken) is null;
        return (isFree ? names[0] : await MintAsync(original.Key.Format, cancellationToken), false);
    }

    private static ImageKey Name(StoredImage original, string change, long hour)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{original.Key} {original.ETag} {change} {hour}")));
        long number = (long)(BinaryPrimitives.ReadUInt64BigEndian(hash) % 10_000_000_000);
        return ImageKey.Mint(DateTimeOffset.FromUnixTimeSeconds(hour * SecondsPerHour), number, original.Key.Format);
    }
}
