using System.Globalization;
using System.Net;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImageBackend.Infrastructure.Storage.S3.Setup;

/// <summary>Does to the two buckets everything that the service does, with an object of its own.</summary>
internal sealed class StorageCheck : IStorageSteps
{
    // S3 refuses requests at a quarter of an hour.
    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(5);
    private static readonly byte[] Content = Encoding.ASCII.GetBytes("An object of `images storage check`; it may be removed.");

    private readonly S3Settings _settings;
    private readonly string _cacheControl;
    private readonly S3Stores _stores;
    private readonly TimeProvider _time;
    private readonly HttpClient _anybody;
    private readonly ImageKey _probe;
    private readonly ImageKey _second;

    /// <param name="stores">Disposed with this.</param>
    public StorageCheck(S3Settings settings, string cacheControl, S3Stores stores, TimeProvider time)
    {
        (_settings, _cacheControl, _stores, _time) = (settings, cacheControl, stores, time);
        string name = $"storage-check_{Guid.NewGuid():N}";
        (_probe, _second) = (ImageKey.Parse($"{name}.png"), ImageKey.Parse($"{name}BI.png"));
        _anybody = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = settings.Timeout };
    }

    public async IAsyncEnumerable<StorageStep> RunAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (IImageStorage incoming, IImageStorage active) = (_stores.Stores.Incoming, _stores.Stores.Active);
        bool isClean = false;
        IEnumerable<Func<Task<StorageStep>>> steps =
        [
            () => Try("incoming: the service answers, and its clock agrees with ours", () => CompareClockAsync(_settings.Incoming, cancellationToken)),
            () => Try("active: the service answers, and its clock agrees with ours", () => CompareClockAsync(_settings.Active, cancellationToken)),
            () => Try("incoming: the bucket can be listed", () => ListAsync(_stores.IncomingClient, _settings.Incoming, cancellationToken), _settings.Incoming),
            () => Try("active: the bucket can be listed", () => ListAsync(_stores.ActiveClient, _settings.Active, cancellationToken), _settings.Active),
            () => Try("incoming: an object can be put", () => PutAsync(incoming, _probe, cancellationToken)),
            () => Try("incoming: it can be found, and is read as it was put", () => ReadAsync(incoming, cancellationToken)),
            () => Try("incoming, active: they are two buckets", () => StorageStep.AreTwoAsync(_stores.Active, incoming, "BUCKET", cancellationToken)),
            () => Try("incoming: others can't read it", () => IsClosedAsync(cancellationToken)),
            () => Try("incoming: a listing continues after its first page", () => ListOnAsync(incoming, _stores.IncomingClient, _settings.Incoming, cancellationToken)),
            () => Try("active: it can be copied there", () => CopyAsync(incoming, active, cancellationToken)),
            () => Try("active: it can be found, and is read as it was put", () => ReadAsync(active, cancellationToken)),
            () => Try("active: a listing continues after its first page", () => ListOnAsync(active, _stores.ActiveClient, _settings.Active, cancellationToken)),
            () => Try("active: anybody can read it, with its type and Cache-Control", () => IsOpenAsync(cancellationToken)),
            () => S3Step.TryAsync(
                "incoming, active: all can be removed",
                async () =>
                {
                    await incoming.DeleteAllAsync([_second, _probe], cancellationToken);
                    await active.DeleteAllAsync([_second, _probe], cancellationToken);
                    isClean = true;
                    return _stores.IncomingBucket.RemovesOneByOne || _stores.ActiveBucket.RemovesOneByOne
                        ? "the service has no DeleteObjects: objects are removed one by one, with a request for each"
                        : null;
                },
                cancellationToken,
                isNote: true),
            () => S3Step.TryAsync(
                "incoming: a lifecycle rule removes unpublished uploads", () => HasRuleAsync(cancellationToken), cancellationToken, isNote: true),
        ];
        await foreach (StorageStep step in StorageStep.UntilProblemAsync(steps, cancellationToken))
        {
            yield return step;
        }

        if (!isClean)
        {
            foreach (IImageStorage storage in new[] { incoming, active })
            {
                await S3Step.TryAsync("", async () => { await storage.DeleteAllAsync([_second, _probe], CancellationToken.None); return null; }, CancellationToken.None);
            }
        }

        Task<StorageStep> Try(string what, Func<Task<string?>> work, S3Place? place = null) => S3Step.TryAsync(what, work, cancellationToken, place: place);
    }

    public void Dispose()
    {
        _stores.Dispose();
        _anybody.Dispose();
    }

    private static Uri EndpointOf(S3Place place) => place.Account.Endpoint ?? new Uri($"https://s3.{place.Account.Region}.amazonaws.com");

    private Uri AddressOf(S3Place place) => new(EndpointOf(place), $"{place.Bucket}/{_probe}");

    // With the new signature, the SDK corrects a wrong clock by itself; but the logs of such a machine are wrong all the same.
    private async Task<string?> CompareClockAsync(S3Place place, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, EndpointOf(place));
        using HttpResponseMessage answer = await _anybody.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (answer.Headers.Date is not { } theirs || (_time.GetUtcNow() - theirs).Duration() < MaxSkew)
        {
            return null;
        }

        double minutes = Math.Round((_time.GetUtcNow() - theirs).TotalMinutes);
        return string.Create(CultureInfo.InvariantCulture, $"the clock of this machine is {Math.Abs(minutes)} minutes {(minutes > 0 ? "ahead" : "behind")}; set it (NTP), because requests that seem old are refused");
    }

    private static async Task<string?> ListAsync(AmazonS3Client client, S3Place place, CancellationToken cancellationToken)
    {
        try
        {
            ListObjectsV2Response answer = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = place.Bucket, MaxKeys = 1 }, cancellationToken);
            return answer.Name is null ? S3Faults.NoS3 : null;
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "NoSuchBucket")
        {
            return $"there is no bucket {place.Bucket}; `images storage init` makes it";
        }
    }

    // Two objects, in pages of one.
    private async Task<string?> ListOnAsync(IImageStorage storage, AmazonS3Client client, S3Place place, CancellationToken cancellationToken)
    {
        await PutAsync(storage, _second, cancellationToken);
        S3Listing listing = new(NullLogger.Instance, _time, pauses: [], keys: 1);
        string prefix = _probe.ToString()[..^".png".Length];
        await foreach (ListObjectsV2Response _ in listing.PagesAsync(ImageStores.IncomingName, place.Bucket, request => client.ListObjectsV2Async(request, cancellationToken), cancellationToken, prefix))
        {
        }

        return null;
    }

    private static async Task<string?> PutAsync(IImageStorage storage, ImageKey key, CancellationToken cancellationToken)
    {
        using MemoryStream content = new(Content, writable: false);
        await storage.PutAsync(key, content, new ImageProperties(Recipe: "check"), cancellationToken);
        return null;
    }

    private async Task<string?> ReadAsync(IImageStorage storage, CancellationToken cancellationToken)
    {
        if (await storage.FindAsync(_probe, cancellationToken) is not { } found)
        {
            return "it was put, but is not there";
        }

        if (found.Properties.Recipe != "check")
        {
            return "the metadata of objects is lost (x-amz-meta-…)";
        }

        await using OpenedImage opened = await storage.OpenReadAsync(_probe, cancellationToken);
        using StreamReader reader = new(opened.Content, Encoding.Latin1);
        return await reader.ReadToEndAsync(cancellationToken) == Encoding.Latin1.GetString(Content) ? null : "it differs from what was put";
    }

    private async Task<string?> CopyAsync(IImageStorage incoming, IImageStorage active, CancellationToken cancellationToken)
    {
        await active.CopyFromAsync(incoming, _probe, properties: null, cancellationToken);
        await active.VerifyCopyAsync(incoming, _probe, cancellationToken);
        return null;
    }

    private async Task<string?> IsClosedAsync(CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await _anybody.GetAsync(AddressOf(_settings.Incoming), cancellationToken);
        return answer.IsSuccessStatusCode ? "anybody can read it, so uploads are public immediately; remove the bucket's policy or its public access" : null;
    }

    private async Task<string?> IsOpenAsync(CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await _anybody.GetAsync(AddressOf(_settings.Active), cancellationToken);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            return _settings.SendsAcls
                ? "nobody else can read it, though it has the ACL public-read: the bucket or the account forbids public access"
                : "nobody else can read it, and with S3_ACL=none a policy of the bucket must allow it; `images storage init` sets one";
        }

        return answer.Content.Headers.ContentType?.MediaType != _probe.Format.ContentType || answer.Headers.CacheControl?.ToString() is not { Length: > 0 }
            ? $"its Content-Type or its Cache-Control ({_cacheControl}) is missing"
            : null;
    }

    private async Task<string?> HasRuleAsync(CancellationToken cancellationToken)
    {
        const string Otherwise = "run `images clean` regularly";
        try
        {
            IReadOnlyList<LifecycleRule> rules = await LifecycleRules.OfAsync(_stores.IncomingClient, _settings.Incoming.Bucket, cancellationToken);
            return rules.Any(LifecycleRules.ExpiresAll) ? null : $"there is none; let `images storage init` create one, or {Otherwise}";
        }
        catch (AmazonS3Exception exception) when (LifecycleRules.AreUnknown(exception))
        {
            return $"this service has no such rules; {Otherwise}";
        }
    }
}
