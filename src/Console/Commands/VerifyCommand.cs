using System.Collections.Concurrent;
using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using ImageBackend.Application.Images.Verify;
using ImageBackend.Cli.Batches;
using ImageBackend.Domain;
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
        ConcurrentDictionary<FindingKind, Count> counts = new();
        bool decode = context.Parsed.GetValue(Decode);
        bool repair = context.Parsed.GetValue(Repair) && !context.Choices.DryRun;
        return new Batch("verify", KeysAsync, async (mediator, key, token) =>
        {
            Verdict verdict = await mediator.Send(new VerifyImage(key) { Decode = decode, Repair = repair }, token);
            foreach (Finding finding in verdict.Findings)
            {
                counts.AddOrUpdate(finding.Kind, _ => Count.Of(finding), (_, count) => count + Count.Of(finding));
            }

            string[] reasons = [.. verdict.Findings.Select(finding => $"{Word(finding.Kind)} {finding.Key}{(finding.IsRepaired ? " (repaired)" : "")}")];
            return verdict.Findings.All(finding => finding.IsRepaired) ? ItemResult.Processed(reasons: reasons) : ItemResult.Failed(reasons);
        })
        {
            MayWrite = repair,
            Conclusion = () => counts.IsEmpty ? ["Nothing was found."]
                : counts.OrderBy(one => one.Key).Select(one => string.Create(CultureInfo.InvariantCulture, $"{Word(one.Key)}: {one.Value.Found:N0}{(repair ? $", repaired: {one.Value.Repaired:N0}" : "")}")),
        };

        async IAsyncEnumerable<string> KeysAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (ImageKey key in context.Services.GetRequiredService<ImagesToVerify>().ListAsync(cancellationToken))
            {
                yield return key.ToString();
            }
        }
    }

    private static string Word(FindingKind kind) => kind switch
    {
        FindingKind.WrongSize => "of the wrong size",
        FindingKind.Unfinished => "publish unfinished",
        FindingKind.ServedWrong => "served with headers or access that differ from the settings",
        FindingKind.Place => "reveals where it was taken",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private readonly record struct Count(long Found, long Repaired)
    {
        public static Count Of(Finding finding) => new(1, finding.IsRepaired ? 1 : 0);

        public static Count operator +(Count left, Count right) => new(left.Found + right.Found, left.Repaired + right.Repaired);
    }
}
