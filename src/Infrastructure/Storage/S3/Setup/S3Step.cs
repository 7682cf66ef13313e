using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Storage.S3.Setup;

/// <summary>A step whose requests go to S3 directly.</summary>
internal static class S3Step
{
    /// <summary>Does something; a fault of S3 becomes the step's problem.</summary>
    /// <param name="work">Returns a problem that is not a fault (or a note), or null.</param>
    /// <param name="place">The bucket that it is done to, where a setting of it may be to blame for a fault.</param>
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
