using System.Runtime.CompilerServices;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Storage;

/// <summary>One thing that was done to a storage, or tried on it.</summary>
/// <param name="What">As shown, such as <c>incoming: put an object</c>.</param>
/// <param name="Problem">What is wrong and what would be right; null: nothing.</param>
/// <param name="Note">What is worth knowing, though nothing is wrong.</param>
public sealed record StorageStep(string What, string? Problem = null, string? Note = null)
{
    /// <summary>Does something; a storage fault becomes the step's problem.</summary>
    /// <param name="work">Returns a problem (or a note) that is not a fault, or null.</param>
    internal static async Task<StorageStep> TryAsync(string what, Func<Task<string?>> work, bool isNote = false)
    {
        try
        {
            string? text = await work();
            return isNote ? new StorageStep(what, Note: text) : new StorageStep(what, text);
        }
        catch (StorageException fault)
        {
            return new StorageStep(what, fault.Message);
        }
        catch (ImageNotFoundException missing)
        {
            return new StorageStep(what, missing.Message);
        }
    }

    /// <param name="kind">How the variables of both end.</param>
    /// <returns>A problem if both storages are the same place, otherwise null.</returns>
    internal static async Task<string?> AreTwoAsync(IStoragePlace active, IImageStorage incoming, string kind, CancellationToken cancellationToken) =>
        await active.IsSamePlaceAsync(incoming, cancellationToken)
            ? $"ACTIVE_{kind} is the same place as INCOMING_{kind} under another name; give each one of its own, or whatever is published is lost"
            : null;

    /// <summary>The steps up to and including the first with a problem.</summary>
    internal static async IAsyncEnumerable<StorageStep> UntilProblemAsync(
        IEnumerable<Func<Task<StorageStep>>> steps, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (Func<Task<StorageStep>> step in steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StorageStep done = await step();
            yield return done;
            if (done.Problem is not null)
            {
                yield break;
            }
        }
    }
}
