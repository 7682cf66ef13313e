using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Libvips;

/// <summary>
/// Some frames of an animation, one below the other, including the one before and the one after them, so that a long animation is never in
/// memory as a whole.
/// </summary>
/// <param name="Pixels">Pixels of all these frames, in memory.</param>
/// <param name="Frames">Number of frames in <paramref name="Pixels"/>.</param>
/// <param name="Skip">How many of them come before those of this run: 1, or 0 at the start.</param>
/// <param name="Take">How many belong to this run.</param>
internal sealed record FrameRun(Image Pixels, int Frames, int Skip, int Take) : IDisposable
{
    // The few copies of a photo take as much.
    private const long MaxPixels = 16_000_000;

    // Two frames of each run are processed twice.
    private const int MinFrames = 3;
    private const int Neighbours = 2;

    private const string DelayField = "delay";

    /// <summary>Whether it is the whole animation, or a picture of one frame.</summary>
    public bool IsAll => Skip == 0 && Take == Frames;

    /// <returns>How many frames of a size are brought into memory at a time, besides those that are there already.</returns>
    /// <param name="size">Pixels of one frame.</param>
    public static int Together(long size, int frames) => (int)Math.Min(frames, Math.Max(MinFrames, MaxPixels / size));

    /// <returns>The maximum number of frames of a size in memory.</returns>
    /// <param name="size">Pixels of one frame.</param>
    public static int Most(long size, int frames) => Math.Min(frames, Together(size, frames) + Neighbours);

    /// <summary>Goes through an animation once.</summary>
    /// <param name="source">All frames; it may be readable only from top to bottom.</param>
    /// <param name="together">The result of <see cref="Together"/>.</param>
    /// <param name="bring">Makes a new picture in memory from some frames and their number.</param>
    /// <returns>The runs, one after another; the caller disposes each before it requests the next.</returns>
    public static IEnumerable<FrameRun> Of(Image source, int frames, int together, Func<Image, int, Image> bring)
    {
        int height = source.Height / frames;
        Image? held = null;
        try
        {
            for (int done = 0; done < frames;)
            {
                int fresh = Math.Min(together, frames - done);
                using Image rows = fresh == frames ? source.Copy() : source.Crop(0, done * height, source.Width, fresh * height);
                Image pixels = bring(rows, fresh);
                int before = 0;
                if (held is not null)
                {
                    before = Neighbours;
                    using Image brought = pixels;
                    using Image joined = held.Join(brought, Enums.Direction.Vertical);
                    pixels = joined.CopyMemory();
                    held.Dispose();
                    held = null;
                }

                int all = before + fresh;
                int first = done - before;
                done += fresh;
                if (done < frames)
                {
                    using Image last = pixels.Crop(0, pixels.Height / all * (all - Neighbours), pixels.Width, pixels.Height / all * Neighbours);
                    held = last.CopyMemory();
                }

                int skip = before == 0 ? 0 : 1;
                yield return new FrameRun(fresh == frames ? pixels : WithDelays(pixels, first, all), all, skip, all - skip - (held is null ? 0 : 1));
            }
        }
        finally
        {
            held?.Dispose();
        }
    }

    public void Dispose() => Pixels.Dispose();

    // Every part of an animation carries the delays of all frames.
    private static Image WithDelays(Image pixels, int first, int frames)
    {
        using Image bare = pixels;
        return bare.Mutate(changes =>
        {
            if (bare.Contains(DelayField) && bare.Get(DelayField) is int[] delays)
            {
                changes.Set(GValue.ArrayIntType, DelayField, delays.Skip(first).Take(frames).ToArray());
            }

            changes.Set(GValue.GIntType, "page-height", bare.Height / frames);
        });
    }
}
