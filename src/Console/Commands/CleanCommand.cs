using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using ImageBackend.Application.Images.Clean;
using ImageBackend.Cli.Batches;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Background;
using ImageBackend.Infrastructure.Configuration;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Cli.Commands;

/// <summary><c>images clean</c>: removes from incoming whatever nobody published in time.</summary>
internal static class CleanCommand
{
    private static readonly Option<TimeSpan?> OlderThan = new("--older-than")
    {
        Description = "Keep anything younger: 90m, 2h, 7d; at least 10m (default: INCOMING_TTL, which is 2h if not set).",
        HelpName = "TIME",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (Durations.TryParse(text, out TimeSpan time) && time >= CleaningSettings.MinTimeToLive)
            {
                return time;
            }

            result.AddError($"'{text}' is not a valid time for --older-than; give 10m or more, such as 90m, 2h, 7d.");
            return null;
        },
    };

    private static readonly Option<int> MaxDelete = BatchOptions.Number(
        "--max-delete", null, 0, int.MaxValue, "Remove nothing at all if more uploads than this have expired: something is wrong then.");

    public static Command Create() => BatchCommand.Create(
        "clean",
        "Remove uploads that nobody published in time, with their thumbnails. The HTTP service does the same every CLEAN_INTERVAL; one with an unfinished publish stays.",
        [OlderThan, MaxDelete],
        CreateBatch,
        without: ["--force"]);

    public static Batch BatchOf(IServiceProvider services, CleanWork work)
    {
        return new Batch("clean", KeysAsync, work);

        async IAsyncEnumerable<string> KeysAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (ImageKey key in services.GetRequiredService<ExpiredUploads>().ListAsync(work.TimeToLive, cancellationToken))
            {
                yield return key.ToString();
            }
        }
    }

    private static Batch CreateBatch(BatchContext context)
    {
        TimeSpan timeToLive = context.Parsed.GetValue(OlderThan) ?? context.Services.GetRequiredService<CleaningSettings>().TimeToLive;
        Batch batch = BatchOf(context.Services, new CleanWork(timeToLive, context.Choices.DryRun));
        return batch with { Refusal = RefusalAsync };

        async Task<string?> RefusalAsync(CancellationToken cancellationToken)
        {
            if (context.Parsed.GetResult(MaxDelete) is null)
            {
                return null;
            }

            int most = context.Parsed.GetValue(MaxDelete);
            int expired = await batch.Keys(cancellationToken).CountAsync(cancellationToken);
            return expired <= most ? null
                : string.Create(CultureInfo.InvariantCulture, $"{expired:N0} uploads have expired, more than --max-delete {most:N0}: nothing is removed.");
        }
    }
}

/// <param name="TimeToLive">What is younger stays.</param>
internal sealed record CleanWork(TimeSpan TimeToLive, bool DryRun) : IBatchWork
{
    public async Task<ItemResult> WorkAsync(IMediator mediator, ImageKey key, CancellationToken cancellationToken) =>
        await mediator.Send(new RemoveExpiredUpload(key, TimeToLive) { DryRun = DryRun }, cancellationToken) switch
        {
            ExpiryOutcome.Removed => ItemResult.Processed(),
            ExpiryOutcome.BeingPublished => ItemResult.Skipped("its publish is unfinished"),
            _ => ItemResult.Skipped("it is too young, or gone"),
        };
}
