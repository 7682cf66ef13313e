using System.CommandLine;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Regenerate;
using ImageBackend.Cli.Batches;
using ImageBackend.Cli.Hosting;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Cli.Commands;

/// <summary><c>images resize</c>: makes the thumbnails of all published images that are missing or stale.</summary>
internal static class ResizeCommand
{
    private static readonly Option<string[]> Sizes = Several("--size", "Only thumbnails of these suffixes, such as MI.", "SUFFIX");
    private static readonly Option<string[]> Formats = Several("--format", "Only these formats: webp, avif, jpg, png, gif. WebP and AVIF are then made whatever the settings say.", "FORMAT");
    private static readonly Option<bool> Missing = new("--missing") { Description = "Only what is missing, not what is stale." };
    private static readonly Option<bool> Stale = new("--stale") { Description = "Only what is stale, not what is missing." };
    private static readonly Option<bool> StaleEngine = new("--stale-engine") { Description = "What was made with another IMAGING_ENGINE is stale, too." };
    private static readonly Option<bool> Plan = new("--plan") { Description = "Write nothing; say how many thumbnails are due, and about how many bytes and how much time they take." };

    public static Command Create() => BatchCommand.Create(
        "resize",
        "Make the thumbnails of published images that are missing, or stale: made with other settings, or by an older site. Originals are never written.",
        [Sizes, Formats, Missing, Stale, StaleEngine, Plan],
        CreateBatch);

    private static Batch CreateBatch(BatchContext context)
    {
        ThumbnailSelection selection = ReadSelection(context, context.Services.GetRequiredService<ThumbnailSet>());
        if (!context.Parsed.GetValue(Plan))
        {
            return BatchOf(context.Services, new ResizeWork(selection, context.Choices.DryRun));
        }

        if (context.Choices.Engine is not null)
        {
            throw new UsageException("--plan adds up in one process: leave out --engine.");
        }

        ResizePlan plan = new(selection, context.Choices.Jobs, context.Services.GetRequiredService<TimeProvider>());
        return BatchOf(context.Services, plan) with { Conclusion = _ => plan.ToLines(), MayWrite = false };
    }

    public static Batch BatchOf(IServiceProvider services, IBatchWork work)
    {
        ThumbnailSet set = services.GetRequiredService<ThumbnailSet>();
        IImageStorage active = services.GetRequiredService<ImageStores>().Active;
        return new Batch("resize", token => active.OriginalsAsync(set, token), work);
    }

    private static ThumbnailSelection ReadSelection(BatchContext context, ThumbnailSet set)
    {
        ImagingSettings imaging = context.Services.GetRequiredService<ImagingSettings>();
        (bool missing, bool stale, bool otherEngine) = (context.Parsed.GetValue(Missing), context.Parsed.GetValue(Stale), context.Parsed.GetValue(StaleEngine));
        if (missing && !stale && otherEngine)
        {
            throw new UsageException("--missing leaves alone what is stale, so --stale-engine changes nothing: leave one of them out, or add --stale.");
        }

        return new ThumbnailSelection
        {
            Suffixes = Chosen(Sizes, suffix => set.Specs.Any(spec => spec.Suffix == suffix) ? suffix : null, set.Specs.Select(spec => spec.Suffix)),
            Formats = Chosen(Formats, word => FormatOf(word) is { } format && imaging.Makes(format) ? format : null, ImageFormat.All.Where(imaging.Makes).Select(format => format.Extension)),
            Missing = missing || !stale || context.Choices.Force,
            Stale = stale || !missing || context.Choices.Force,
            UpToDate = context.Choices.Force,
            OtherEngine = otherEngine,
        };

        IReadOnlyList<T>? Chosen<T>(Option<string[]> option, Func<string, T?> find, IEnumerable<string> known)
            where T : class
        {
            string[] words = [.. (context.Parsed.GetValue(option) ?? []).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
            return words.Length == 0 ? null
                : [.. words.Select(word => find(word) ?? throw new UsageException($"{option.Name}: '{word}' is not one of {string.Join(", ", known)}."))];
        }
    }

    // A thumbnail of a drawing is a JPEG.
    private static ImageFormat? FormatOf(string word) =>
        ImageFormat.TryFromExtension(word == "jpeg" ? "jpg" : word, out ImageFormat? format) && format.IsOfThumbnails ? format : null;

    private static Option<string[]> Several(string name, string description, string argument) =>
        new(name) { Description = description, HelpName = argument, AllowMultipleArgumentsPerToken = false };
}

internal sealed record ResizeWork(ThumbnailSelection Selection, bool DryRun) : IBatchWork
{
    public async Task<ItemResult> WorkAsync(IMediator mediator, ImageKey key, CancellationToken cancellationToken)
    {
        RegenerateMode mode = DryRun ? RegenerateMode.Look : RegenerateMode.Write;
        RegeneratedThumbnails answer = await mediator.Send(new RegenerateThumbnails(key) { Selection = Selection, Mode = mode }, cancellationToken);
        return answer.Thumbnails.Count == 0
            ? ItemResult.Skipped()
            : ItemResult.Processed(answer.Thumbnails.Sum(thumbnail => thumbnail.Bytes), ThumbnailReasons.Of(answer));
    }
}
