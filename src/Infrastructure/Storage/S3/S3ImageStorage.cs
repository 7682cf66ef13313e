using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Files;
using ImageBackend.Infrastructure.Workspaces;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>Images as objects of one bucket, with recipe and crop as their metadata.</summary>
/// <param name="access">What each object gets: an ACL and a Cache-Control header, or neither.</param>
/// <param name="spoolFolder">Holds copies of content from elsewhere, which may have to be sent twice.</param>
internal sealed class S3ImageStorage(
    string name, S3Connection connection, S3Bucket bucket, S3Access access, S3Listing listing, TimeSpan timeout, DirectoryInfo spoolFolder)
    : IImageStorage, IStoragePlace, IAccessCheck
{
    private const string RecipeName = "recipe";
    private const string RecipeOfName = "recipe-of";
    private const string CropName = "crop";
    private const string CopyName = "copy";
    private const string Everybody = "http://acs.amazonaws.com/groups/global/AllUsers";

    private readonly AmazonS3Client _client = connection.Client;

    // A storage that was found to be a different place than this one; the settings don't change while a process runs.
    private volatile IImageStorage? _apartFrom;

    public async Task<StoredImage?> FindAsync(ImageKey key, CancellationToken cancellationToken) => (await LookAsync(key, cancellationToken))?.Facts;

    public async Task<OpenedImage> OpenReadAsync(ImageKey key, BytePart? part, CancellationToken cancellationToken)
    {
        OpenedImage? opened = await OpenAsync(key, part, cancellationToken);
        if (part is null)
        {
            return opened ?? throw new ImageNotFoundException(key, name);
        }

        if (opened is not null && part.IsOf(opened.Facts))
        {
            return opened;
        }

        if (opened is not null)
        {
            await opened.DisposeAsync();
        }

        StoredImage found = await FindAsync(key, cancellationToken) ?? throw new ImageNotFoundException(key, name);
        return part.IsOf(found) && !part.IsWithin(found.Bytes)
            ? new OpenedImage(found, Stream.Null)
            : await OpenReadAsync(key, part: null, cancellationToken);
    }

    public Task PutAsync(ImageKey key, Stream content, ImageProperties properties, CancellationToken cancellationToken) =>
        PutAsync(key, content, properties, isCopy: false, cancellationToken);

    public async Task CopyFromAsync(IImageStorage source, ImageKey key, ImageProperties? properties, CancellationToken cancellationToken)
    {
        if (source is S3ImageStorage other && other.IsReachedBy(connection))
        {
            properties ??= (await other.FindAsync(key, cancellationToken) ?? throw new ImageNotFoundException(key, other.Name)).Properties;
            await CopyInsideAsync(other, key, properties, cancellationToken);
        }
        else
        {
            await using OpenedImage image = await source.OpenReadAsync(key, cancellationToken);
            await using Stream content = image.Content.CanSeek ? image.Content : await SpoolAsync(image.Content, cancellationToken);
            await PutAsync(key, content, (properties ?? image.Facts.Properties).For(image.Facts), isCopy: true, cancellationToken);
        }
    }

    public Task SetPropertiesAsync(ImageKey key, ImageProperties properties, CancellationToken cancellationToken) =>
        CopyInsideAsync(this, key, properties, cancellationToken);

    public Task<bool> HasConfiguredAccessAsync(StoredImage found, CancellationToken cancellationToken) => Guard(async () =>
    {
        if (!found.HasConfiguredHeaders || access.Acl is null)
        {
            return found.HasConfiguredHeaders; // without ACLs the bucket's own rules apply
        }

        return await bucket.UnlessMissingAsync(IsRightAsync, () => true, cancellationToken);

        async Task<bool> IsRightAsync()
        {
            GetObjectAclRequest request = new() { BucketName = bucket.Name, Key = found.Key.ToString() };
            GetObjectAclResponse acl = await _client.GetObjectAclAsync(request, cancellationToken);
            bool isPublic = (acl.Grants ?? []).Any(grant => grant.Grantee?.URI == Everybody && (grant.Permission == S3Permission.READ || grant.Permission == S3Permission.FULL_CONTROL));
            return isPublic == (access.Acl == S3CannedACL.PublicRead);
        }
    }, cancellationToken, access.Acl);

    public async Task<bool> IsSamePlaceAsync(IImageStorage other, CancellationToken cancellationToken)
    {
        bool isSame = other is S3ImageStorage one && (await IsSeenFromAsync(one, cancellationToken) || await one.IsSeenFromAsync(this, cancellationToken));
        _apartFrom = isSame ? null : other;
        return isSame;
    }

    public async Task<StoredImage> VerifyCopyAsync(IImageStorage source, ImageKey key, CancellationToken cancellationToken)
    {
        if (_apartFrom != source && await IsSamePlaceAsync(source, cancellationToken))
        {
            throw new StorageException(name, $"it is the same place as the other storage under another name, so {key} is not a copy.");
        }

        Task<S3Look?> looking = source is S3ImageStorage other ? other.LookAsync(key, cancellationToken) : LookAtAsync();
        Task<S3Look?> lookingAtCopy = LookAsync(key, cancellationToken);
        await Task.WhenAll(looking, lookingAtCopy);
        S3Look original = await looking ?? throw new ImageNotFoundException(key, "its source");
        S3Look copy = await lookingAtCopy ?? throw new ImageNotFoundException(key, name);
        // Each copy has a mark of its own. If the source has the same mark, both are one object under two names, and removing the source
        // would remove everything.
        if (copy.Mark is not null && copy.Mark == original.Mark)
        {
            throw new StorageException(name, $"it is the same bucket as the other storage, under another address or account.");
        }

        // The ETag of an object put in one piece is its MD5. The ETag of an object put in parts is not, and two objects may share it.
        if (original.Facts.Bytes != copy.Facts.Bytes
            || ((original.Facts.ETag != copy.Facts.ETag || !IsSum(copy.Facts.ETag)) && !await HasContentOfAsync(source, key, cancellationToken)))
        {
            throw new StorageException(name, $"the copy of {key} differs from its source.");
        }

        return copy.Facts;

        async Task<S3Look?> LookAtAsync() => await source.FindAsync(key, cancellationToken) is { } found ? new S3Look(found, Mark: null) : null;
    }

    /// <inheritdoc/>
    /// <remarks>In one request; Ceph deletes in its order, others may not. If the service has no such request, one by one.</remarks>
    public async Task DeleteAllAsync(IReadOnlyList<ImageKey> keys, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (ImageKey[] some in keys.Chunk(S3Listing.MaxKeys))
        {
            if (some.Length == 1 || bucket.RemovesOneByOne || !await DeleteAtOnceAsync(some, cancellationToken))
            {
                bucket.RemovesOneByOne |= some.Length > 1;
                foreach (ImageKey key in some)
                {
                    await DeleteAsync(key, cancellationToken);
                }
            }
        }
    }

    public async IAsyncEnumerable<ListedImage> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ListObjectsV2Response page in ResponsesAsync(startAfter: null, cancellationToken))
        {
            foreach (ListedImage image in ImagesIn(page))
            {
                yield return image;
            }
        }
    }

    public IReadOnlyList<ListOrder> Orders { get; } = [ListOrder.Name];

    public async Task<ListedPage> ListPageAsync(ListPage page, CancellationToken cancellationToken)
    {
        S3Page gathered = new(page);
        await foreach (ListObjectsV2Response response in ResponsesAsync(gathered.StartAfter, cancellationToken))
        {
            gathered.Add(ImagesIn(response));
            if (gathered.IsEnough)
            {
                break;
            }
        }

        foreach (ImageKey far in gathered.Outstanding)
        {
            if (await FindAsync(far, cancellationToken) is { } found)
            {
                gathered.Add(new ListedImage(far, found.Bytes, found.WrittenAt));
            }
        }

        return gathered.ToPage();
    }

    private static IEnumerable<ListedImage> ImagesIn(ListObjectsV2Response response)
    {
        foreach (S3Object found in response.S3Objects ?? [])
        {
            if (ImageKey.TryParse(found.Key, out ImageKey? key))
            {
                yield return new ListedImage(key, found.Size ?? 0, WrittenAt(found.LastModified));
            }
        }
    }

    private IAsyncEnumerable<ListObjectsV2Response> ResponsesAsync(string? startAfter, CancellationToken cancellationToken) => listing.PagesAsync(
        name,
        bucket.Name,
        request => Guard(() => _client.ListObjectsV2Async(request, cancellationToken), cancellationToken),
        cancellationToken,
        startAfter: startAfter);

    private bool IsReachedBy(S3Connection other) => connection == other;

    private Task<bool> PutAsync(ImageKey key, Stream content, ImageProperties properties, bool isCopy, CancellationToken cancellationToken) => Guard(async () =>
    {
        long start = content.Position;
        byte[] digest = await MD5OfAsync(content, cancellationToken);
        content.Position = start;
        PutObjectRequest request = new()
        {
            BucketName = bucket.Name,
            Key = key.ToString(),
            InputStream = content,
            AutoCloseStream = false,
            AutoResetStreamPosition = false, // it would restart at 0
            UseChunkEncoding = false, // some services store the frames of the chunks as content
            MD5Digest = Convert.ToBase64String(digest),
            ContentType = key.Format.ContentType,
            CannedACL = access.Acl,
        };
        SetCacheControl(request.Headers);
        Keep(properties with { RecipeOf = Convert.ToHexStringLower(digest) }, request.Metadata);
        if (isCopy)
        {
            Mark(request.Metadata);
        }

        PutObjectResponse answer = await _client.PutObjectAsync(request, cancellationToken);
        RequireETag(answer.ETag);
        return true;
    }, cancellationToken, access.Acl);

    private Task<bool> DeleteAsync(ImageKey key, CancellationToken cancellationToken) => Guard(() => bucket.UnlessMissingAsync(async () =>
    {
        await _client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = bucket.Name, Key = key.ToString() }, cancellationToken);
        return true;
    }, () => true, cancellationToken), cancellationToken);

    /// <returns>False: the service can't do it.</returns>
    private Task<bool> DeleteAtOnceAsync(ImageKey[] keys, CancellationToken cancellationToken) => Guard(async () =>
    {
        DeleteObjectsRequest request = new() { BucketName = bucket.Name, Objects = [.. keys.Select(key => new KeyVersion { Key = key.ToString() })] };
        try
        {
            DeleteObjectsResponse answer = await _client.DeleteObjectsAsync(request, cancellationToken);
            // The SDK throws on failures; an answer that names no object is not from S3.
            return (answer.DeletedObjects?.Count ?? 0) > 0 ? true : throw new StorageException(name, S3Faults.NoS3);
        }
        catch (DeleteObjectsException exception) when (exception.Response.DeleteErrors is { Count: > 0 } errors)
        {
            // The SDK does not retry single keys. Ceph answers "UnknownError" for a key that another request removes at the same moment.
            HashSet<string> failed = [.. errors.Where(error => error.Code != "NoSuchKey").Select(error => error.Key)];
            foreach (ImageKey key in keys.Where(key => failed.Contains(key.ToString())))
            {
                await DeleteAsync(key, cancellationToken);
            }

            return true;
        }
        catch (AmazonS3Exception exception) when (S3Faults.IsUnknown(exception))
        {
            return false;
        }
    }, cancellationToken);

    private Task<bool> CopyInsideAsync(S3ImageStorage source, ImageKey key, ImageProperties properties, CancellationToken cancellationToken) => Guard(async () =>
    {
        Task seen = Task.WhenAll(source.EnsureExistsAsync(), bucket.EnsureExistsAsync());
        // An ACL is never copied, and headers are copied only if none is given: so all are given.
        CopyObjectRequest request = new()
        {
            SourceBucket = source.BucketName,
            SourceKey = key.ToString(),
            DestinationBucket = bucket.Name,
            DestinationKey = key.ToString(),
            MetadataDirective = S3MetadataDirective.REPLACE,
            ContentType = key.Format.ContentType,
            CannedACL = access.Acl,
        };
        SetCacheControl(request.Headers);
        Keep(properties, request.Metadata);
        Mark(request.Metadata);
        try
        {
            CopyObjectResponse answer = await _client.CopyObjectAsync(request, cancellationToken);
            RequireETag(answer.ETag); // the service answers 200 before the work is done, and an error may follow in the body
        }
        catch (AmazonS3Exception exception) when (S3Faults.IsNotFound(exception))
        {
            await seen.WaitAsync(cancellationToken);
            throw new ImageNotFoundException(key, source.Name);
        }

        return true;
    }, cancellationToken, access.Acl);

    private Task<S3Look?> LookAsync(ImageKey key, CancellationToken cancellationToken) => Guard(() => bucket.UnlessMissingAsync<S3Look?>(async () =>
    {
        GetObjectMetadataRequest request = new() { BucketName = bucket.Name, Key = key.ToString() };
        GetObjectMetadataResponse found = await _client.GetObjectMetadataAsync(request, cancellationToken);
        return new S3Look(FactsOf(key, found.Headers, found.LastModified, found.ETag, found.Metadata, found.ServerSideEncryptionMethod), found.Metadata[CopyName]);
    }, () => null, cancellationToken), cancellationToken);

    /// <returns>Null: there is no such object, or it has no such part.</returns>
    private Task<OpenedImage?> OpenAsync(ImageKey key, BytePart? part, CancellationToken cancellationToken) => Guard(() => bucket.UnlessMissingAsync(async () =>
    {
        GetObjectRequest request = new() { BucketName = bucket.Name, Key = key.ToString(), ByteRange = part is null ? null : new ByteRange($"bytes={part}") };
        try
        {
            GetObjectResponse found = await _client.GetObjectAsync(request, cancellationToken);
            S3Content content = new(name, found, timeout);
            try
            {
                StoredImage facts = FactsOf(key, found.Headers, found.LastModified, found.ETag, found.Metadata, found.ServerSideEncryptionMethod);
                return ContentRangeHeaderValue.TryParse(found.ContentRange, out ContentRangeHeaderValue? sent) && sent is { From: { } from, Length: { } bytes }
                    ? new OpenedImage(facts with { Bytes = bytes }, content) { Start = from }
                    : new OpenedImage(facts, content);
            }
            catch
            {
                await content.DisposeAsync();
                throw;
            }
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return null;
        }
    }, () => null, cancellationToken), cancellationToken);

    private string Name => name;

    private string BucketName => bucket.Name;

    private Task<bool> IsSeenFromAsync(S3ImageStorage other, CancellationToken cancellationToken) => Guard(async () =>
    {
        await S3Probe.SweepAsync(_client, bucket.Name, TimeProvider.System, cancellationToken);
        Task seen = other.EnsureExistsAsync();
        bool isSeen = await S3Probe.IsSeenAsync(_client, bucket.Name, other._client, other.BucketName, cancellationToken);
        await seen.WaitAsync(cancellationToken);
        return isSeen;
    }, cancellationToken);

    private Task EnsureExistsAsync() => bucket.EnsureExistsAsync();

    private void SetCacheControl(HeadersCollection headers)
    {
        if (access.CacheControl is { } cacheControl)
        {
            headers.CacheControl = cacheControl;
        }
    }

    private async Task<bool> HasContentOfAsync(IImageStorage source, ImageKey key, CancellationToken cancellationToken)
    {
        await using OpenedImage original = await source.OpenReadAsync(key, cancellationToken);
        await using OpenedImage copy = await OpenReadAsync(key, part: null, cancellationToken);
        return await ContentEquals.CompareAsync(original.Content, copy.Content, cancellationToken);
    }

    // The file is unlinked at once, so that a killed process leaves nothing behind.
    private async Task<Stream> SpoolAsync(Stream content, CancellationToken cancellationToken)
    {
        string path = Path.Combine(spoolFolder.FullName, ".copy-" + Guid.NewGuid().ToString("N"));
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
            File.Delete(path);
            await content.CopyToAsync(file, cancellationToken); // what can't be read is already a fault of its storage
            file.Position = 0;
            return file;
        }
        catch (Exception exception)
        {
            if (file is not null)
            {
                await file.DisposeAsync();
            }

            if (DiskFaults.IsOfDisk(exception))
            {
                throw DiskFaults.Of(TempFolderWorkspaces.StorageName, exception);
            }

            throw;
        }
    }

    private static async Task<byte[]> MD5OfAsync(Stream content, CancellationToken cancellationToken)
    {
        // It guards against transmission errors, not against attackers, and it is what S3 checks.
#pragma warning disable CA5351
        return await MD5.HashDataAsync(content, cancellationToken);
#pragma warning restore CA5351
    }

    private static void Mark(MetadataCollection metadata) => metadata[CopyName] = Guid.NewGuid().ToString("N");

    private static void Keep(ImageProperties properties, MetadataCollection metadata)
    {
        if (properties.Recipe is not null)
        {
            metadata[RecipeName] = properties.Recipe;
            if (properties.RecipeOf is not null)
            {
                metadata[RecipeOfName] = properties.RecipeOf;
            }
        }

        if (properties.Crop is not null)
        {
            metadata[CropName] = properties.Crop.ToString();
        }
    }

    private StoredImage FactsOf(
        ImageKey key, HeadersCollection headers, DateTime? writtenAt, string etag, MetadataCollection metadata, ServerSideEncryptionMethod? encryption)
    {
        RequireETag(etag);
        etag = BareTag(etag);
        // A copy gets the properties found beside its source, where new content may have arrived meanwhile. Only checksums can be compared.
        string? recipeOf = IsSum(metadata[RecipeOfName]) && IsSum(etag) && (encryption is null || encryption == ServerSideEncryptionMethod.None || encryption == ServerSideEncryptionMethod.AES256)
            ? metadata[RecipeOfName]
            : null;
        ImageProperties properties = new ImageProperties(metadata[RecipeName], CropArea.TryParse(metadata[CropName], out CropArea? crop) ? crop : null) { RecipeOf = recipeOf }.Of(etag);
        return new StoredImage(key, headers.ContentLength, WrittenAt(writtenAt), etag, properties)
        {
            HasConfiguredHeaders = headers.ContentType == key.Format.ContentType && (access.CacheControl is null || headers.CacheControl == access.CacheControl),
        };
    }

    // The ETag of an object put in parts contains a dash.
    private static bool IsSum(string? etag) => etag is { Length: 32 } && etag.All(char.IsAsciiHexDigit);

    // In whole seconds, as in headers; a listing is more precise.
    private static DateTimeOffset WrittenAt(DateTime? time) =>
        DateTimeOffset.FromUnixTimeSeconds(new DateTimeOffset((time ?? DateTime.UnixEpoch).ToUniversalTime()).ToUnixTimeSeconds());

    // Some services send it unquoted or in capitals, and whatever compresses answers makes it a weak one.
    private static string BareTag(string etag)
    {
        string bare = (etag.StartsWith("W/", StringComparison.Ordinal) ? etag[2..] : etag).Trim('"');
        return IsSum(bare) ? bare.ToLowerInvariant() : bare;
    }

    private void RequireETag(string? etag)
    {
        if (string.IsNullOrEmpty(etag))
        {
            throw new StorageException(name, S3Faults.NoS3);
        }
    }

    private Task<T> Guard<T>(Func<Task<T>> work, CancellationToken cancellationToken, S3CannedACL? acl = null, [CallerMemberName] string call = "") =>
        StorageCalls.MeasureAsync(name, call, () => TranslateAsync(work, acl, cancellationToken));

    private async Task<T> TranslateAsync<T>(Func<Task<T>> work, S3CannedACL? acl, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (S3Faults.IsOfS3(exception, cancellationToken))
        {
            throw S3Faults.Of(name, exception, bucket.Place, acl);
        }
    }

    /// <param name="Mark">The mark of a copy; null: the object was put.</param>
    private sealed record S3Look(StoredImage Facts, string? Mark);
}

/// <summary>What each object of a bucket gets.</summary>
/// <param name="Acl">Null: none is sent, and the bucket's own rules apply.</param>
/// <param name="CacheControl">Header of the object; null: none.</param>
internal sealed record S3Access(S3CannedACL? Acl, string? CacheControl);
