using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Storage.FileSystem;
using ImageBackend.Infrastructure.Workspaces;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>Decodes and encodes with libvips in this process, on as many threads as there are decode workers.</summary>
internal sealed class NetVipsImageProcessor(ImagingSettings settings) : IImageProcessor, IDisposable
{
    // A decode takes about 0.2 s of CPU, so this is a long queue; past it a client had better come again.
    private static readonly TimeSpan QueueTime = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _free = new(settings.DecodeWorkers);

    public Task<ImageHeader> ReadHeaderAsync(string path, ImageFormat format, CancellationToken cancellationToken) =>
        RunAsync(
            async () =>
            {
                PictureFile picture = await PictureFile.OpenAsync(path, format, cancellationToken);
                return new ImageHeader(picture.Size, picture.Frames, picture.IsUpright, picture.IsInterlaced);
            },
            cancellationToken);

    public Task<IReadOnlyList<PixelSize>> MakeThumbnailsAsync(
        string path, ImageFormat format, CropArea? crop, IReadOnlyList<ThumbnailTarget> targets, CancellationToken cancellationToken) =>
        RunAsync(() => MakeAsync(path, format, crop, targets, cancellationToken), cancellationToken);

    public Task TurnAsync(string path, ImageFormat format, Rotation? rotation, string destination, CancellationToken cancellationToken) =>
        RunAsync(() => TurnAsync(path, format, rotation, destination), cancellationToken);

    public void Dispose() => _free.Dispose();

    private static async Task<IReadOnlyList<PixelSize>> MakeAsync(
        string path, ImageFormat format, CropArea? crop, IReadOnlyList<ThumbnailTarget> targets, CancellationToken cancellationToken)
    {
        PictureFile picture = await PictureFile.OpenAsync(path, format, cancellationToken);
        PixelRect? part = Clip(crop, picture.Size);
        // Modern formats show an animation's first frame.
        int frames = targets.Any(target => target.Format == ImageFormat.Gif) ? picture.Frames : 1;
        ThumbnailPlan plan = ThumbnailPlan.For(part?.Size ?? picture.Size, [.. targets.Select(target => target.Spec)]);
        using Image @base = picture.Decode(part, plan.Base, frames, cancellationToken);
        return Carry(plan, @base, frames, targets);
    }

    private static PixelRect? Clip(CropArea? crop, PixelSize picture)
    {
        if (crop is null)
        {
            return null;
        }

        return crop.TryClip(picture, out PixelRect part)
            ? part
            : throw new InvalidImageException(InvalidImageException.BadCrop, $"The crop {crop} lies wholly outside of the picture of {picture} pixels.");
    }

    private static async Task<bool> TurnAsync(string path, ImageFormat format, Rotation? rotation, string destination)
    {
        PictureFile picture = await PictureFile.OpenAsync(path, format, CancellationToken.None);
        using Image stored = picture.Open();
        using Image upright = stored.Autorot();
        using Image turned = rotation is null ? upright.Copy() : Pixels.Turn(upright, rotation, picture.Frames);
        int quality = format == ImageFormat.Jpeg ? JpegQuality.Estimate(path) : 0;
        ThumbnailEncoder.WriteOriginal(turned, destination, format, quality, ThumbnailEncoder.ChromaOf(stored));
        return true;
    }

    // From here on the original plays no part: what fails is ours (a full disk), not the client's.
    private static PixelSize[] Carry(ThumbnailPlan plan, Image @base, int frames, IReadOnlyList<ThumbnailTarget> targets)
    {
        Dictionary<string, Image> made = [];
        try
        {
            foreach (ThumbnailStep step in plan.Steps)
            {
                Image from = step.From is null ? @base : made[step.From];
                ThumbnailTarget target = targets.Single(one => one.Spec == step.Spec);
                using Image thumbnail = Pixels.ResizeAndCut(from, step.Size, step.Spec, frames);
                made[step.Spec.Suffix] = thumbnail.CopyMemory();
                ThumbnailEncoder.Write(made[step.Spec.Suffix], target, ThumbnailEncoder.ChromaOf(@base));
            }

            return [.. targets.Select(target => new PixelSize(made[target.Spec.Suffix].Width, made[target.Spec.Suffix].Height / frames))];
        }
        catch (VipsException exception)
        {
            throw DiskFaults.Of(TempFolderWorkspaces.StorageName, exception);
        }
        finally
        {
            foreach (Image image in made.Values)
            {
                image.Dispose();
            }
        }
    }

    private async Task<T> RunAsync<T>(Func<Task<T>> job, CancellationToken cancellationToken)
    {
        Vips.EnsureReady();
        if (!await _free.WaitAsync(QueueTime, cancellationToken))
        {
            throw new BusyException();
        }

        try
        {
            return await Task.Run(job, cancellationToken);
        }
        catch (VipsException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is damaged or cut off.", inner: exception);
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            throw DiskFaults.Of(TempFolderWorkspaces.StorageName, exception);
        }
        finally
        {
            _free.Release();
        }
    }
}
