using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <returns>A number of 0 to 9,999,999,999 that nobody can guess.</returns>
public delegate long KeyNumberSource();

/// <summary>Gives each upload a name that no image has.</summary>
internal sealed class KeyMint(ImageStores stores, TimeProvider time, KeyNumberSource numbers)
{
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
}
