using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using ImageBackend.Application.Images.Verify;
using ImageBackend.Cli.Batches;
using ImageBackend.Domain;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Cli.Commands;

/// <summary><c>images verify</c>: checks incoming, active and recipes against each other.</summary>
internal static class VerifyCommand
{
    private static readonly Option<bool> Decode = new("--decode") { Description = "Also decode each original, compare the sizes of its thumbnails, and look for GPS if STRIP_ORIGINAL forbids it. Takes as long as resizing everything." };

    private static readonly Option<bool> Repair = new("--repair") { Description = "Remake what is missing, stale or wrong; remove thumbnails that have no original. With --dry-run nothing is changed." };

    public static Command Create() => BatchCommand.Create(
        "verify",
        "Check incoming, active and how thumbnails were made against each other: missing, stale, empty, orphaned; on S3 also content type, Cache-Control and ACL. Ends with 1 if something was found that is not repaired.",
        [Decode, Repair],
        CreateBatch,
        without: ["--force"]);

    private static Batch CreateBatch(BatchContext context)
    {
        bool repair = context.Parsed.GetValue(Repair) && !context.Choices.DryRun;
        return BatchOf(context.Services, new VerifyWork(context.Parsed.GetValue(Decode), repair));
    }

    public static Batch BatchOf(IServiceProvider services, VerifyWork work)
    {
        return new Batch("verify", KeysAsync, work)
        {
            MayWrite = work.Repair,
            Conclusion = counts => counts.Count == 0 ? ["Nothing was found."] : VerifyWork.ToLines(counts, work.Repair),
        };

        async IAsyncEnumerable<string> KeysAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (ImageKey key in services.GetRequiredService<ImagesToVerify>().ListAsync(cancellationToken))
            {
                yield return key.ToString();
            }
        }
    }
}

internal sealed record VerifyWork(bool Decode, bool Repair) : IBatchWork
{
    public async Task<ItemResult> WorkAsync(IMediator mediator, ImageKey key, CancellationToken cancellationToken)
    {
        Verdict verdict = await mediator.Send(new VerifyImage(key) { Decode = Decode, Repair = Repair }, cancellationToken);
        string[] reasons = [.. verdict.Findings.Select(finding => $"{Word(finding.Kind)} {finding.Key}{(finding.IsRepaired ? " (repaired)" : "")}")];
        ItemResult result = verdict.Findings.All(finding => finding.IsRepaired) ? ItemResult.Processed(reasons: reasons) : ItemResult.Failed(reasons);
        return result with
        {
            Counts = verdict.Findings.Select(finding => FoundName(finding.Kind))
                .Concat(verdict.Findings.Where(finding => finding.IsRepaired).Select(finding => RepairedName(finding.Kind)))
                .CountBy(name => name).ToDictionary(one => one.Key, one => (long)one.Value),
        };
    }

    /// <returns>A line for each kind that was found.</returns>
    public static IEnumerable<string> ToLines(IReadOnlyDictionary<string, long> counts, bool repair) =>
        from kind in Enum.GetValues<FindingKind>()
        let found = counts.GetValueOrDefault(FoundName(kind))
        where found > 0
        let repaired = repair ? string.Create(CultureInfo.InvariantCulture, $", repaired: {counts.GetValueOrDefault(RepairedName(kind)):N0}") : ""
        select string.Create(CultureInfo.InvariantCulture, $"{Word(kind)}: {found:N0}{repaired}");

    private static string FoundName(FindingKind kind) => kind.ToString();

    private static string RepairedName(FindingKind kind) => $"{kind} repaired";

    private static string Word(FindingKind kind) => kind switch
    {
        FindingKind.WrongSize => "of the wrong size",
        FindingKind.Unfinished => "publish unfinished",
        FindingKind.ServedWrong => "served with headers or access that differ from the settings",
        FindingKind.Place => "reveals where it was taken",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
