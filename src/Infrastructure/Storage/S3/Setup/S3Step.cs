using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Storage.S3.Setup;

/// <summary>A step whose requests go directly to S3.</summary>
internal static class S3Step
{
    /// <summary>Does something; an S3 fault becomes the step's problem.</summary>
    /// <param name="work">Returns a problem (or a note) that is not a fault, or null.</param>
    /// <param name="place">The bucket it is done to, if one of its settings may be the cause of a fault.</param>
    public static Task<StorageStep> TryAsync(
        string what, Func<Task<string?>> work, CancellationToken cancellationToken, bool isNote = false, S3Place? place = null) =>
        StorageStep.TryAsync(what, async () =>
        {
            try
            {
                return await work();
            }
            catch (Exception exception) when (exception is not (StorageException or ImageNotFoundException) && S3Faults.IsOfS3(exception, cancellationToken))
            {
                throw S3Faults.Of("S3", exception, place);
            }
        }, isNote);
}
