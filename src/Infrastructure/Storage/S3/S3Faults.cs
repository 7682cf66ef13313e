using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using System.Xml;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>Translates what the SDK throws into faults of the port, in plain words.</summary>
internal static partial class S3Faults
{
    private const string WrongRegion = "the region is wrong";

    private const string NoAcls = "the service or the bucket does not accept ACLs; set S3_ACL=none";
    private const string Denied = "this account may not do that";

    public const string NoS3 = "what answers there is not an S3 service; check the endpoint";

    /// <param name="cancellationToken">The caller's: cancelling it is not a fault.</param>
    public static bool IsOfS3(Exception exception, CancellationToken cancellationToken) =>
        exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or TimeoutException
            or XmlException or FormatException or ArgumentOutOfRangeException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <returns>Whether an object is said to be missing; after a HEAD, whose answer says no more, it may be the bucket.</returns>
    public static bool IsNotFound(Exception exception) => exception is AmazonServiceException { StatusCode: HttpStatusCode.NotFound, ErrorCode: not "NoSuchBucket" };

    /// <returns>Whether a service says that it does not support a request.</returns>
    public static bool IsUnknown(AmazonServiceException exception) =>
        exception.StatusCode is HttpStatusCode.NotImplemented or HttpStatusCode.MethodNotAllowed || exception.ErrorCode is "NotImplemented" or "MethodNotAllowed";

    // The service's own words are left out: an answer may repeat keys and signatures.
    /// <param name="place">The bucket that the request was for, if one of its settings may be the cause.</param>
    /// <param name="acl">The ACL that was requested; null: none.</param>
    public static StorageException Of(string storage, Exception exception, S3Place? place = null, S3CannedACL? acl = null) => exception is AmazonServiceException service
        ? new StorageException(
            storage,
            $"{InWords(service, place, acl)} ({Answer(service)}).",
            service.StatusCode == HttpStatusCode.InsufficientStorage)
        : new StorageException(storage, $"{InWords(exception)}.", inner: exception is HttpRequestException or IOException ? exception : null);

    public static string InWords(Exception exception) => exception switch
    {
        AmazonUnmarshallingException => NoS3,
        AmazonServiceException service => OfCode(service),
        AmazonClientException { InnerException: { } inner } when inner is HttpRequestException or IOException => InWords(inner),
        AmazonClientException => "no keys were found; set them, or a prefix for them",
        HttpRequestException { InnerException: TimeoutException } slow => slow.Message,
        HttpRequestException { InnerException: SocketException socket } => OfSocket(socket.SocketErrorCode),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "no secure connection could be made; does the endpoint speak http, or is its certificate not trusted?",
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => NoS3,
        HttpRequestException { StatusCode: null } or IOException => "the connection broke off",
        TimeoutException or OperationCanceledException => "it does not answer",
        XmlException or FormatException or ArgumentOutOfRangeException => NoS3,
        _ => "it does not work",
    };

    private static string InWords(AmazonServiceException exception, S3Place? place, S3CannedACL? acl) => exception switch
    {
        _ when place is not null && IsOfRegion(exception, place) => OfRegion(exception, place),
        _ when RefusesAcl(exception) || (acl is not null && IsUnknown(exception)) => NoAcls,
        { StatusCode: HttpStatusCode.Forbidden, ErrorCode: "AccessDenied" } when acl == S3CannedACL.PublicRead =>
            $"{Denied}, or public ACLs are forbidden there: if so, set S3_ACL=none, and let a policy open the bucket (`images storage init`)",
        _ => InWords(exception),
    };

    // Either a code of its own, or the general code for everything unsupported, with the header's name or value.
    private static bool RefusesAcl(AmazonServiceException exception) =>
        exception.ErrorCode == "AccessControlListNotSupported"
        || (exception.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotImplemented && Acl().IsMatch(exception.Message));

    private static string OfCode(AmazonServiceException exception) => (exception.ErrorCode, (int)exception.StatusCode) switch
    {
        ("NoSuchBucket", _) => "the bucket is missing",
        ("SignatureDoesNotMatch", _) => "the secret key is wrong",
        ("InvalidAccessKeyId", _) => "the access key is not known there",
        ("RequestTimeTooSkewed" or "RequestExpired", _) => "the clock of this machine is wrong; set it (NTP)",
        _ when SaysRegion(exception) => WrongRegion,
        ("QuotaExceeded" or "XMinioStorageFull", _) or (_, 507) => "no space is left",
        ("InvalidDigest" or "BadDigest", _) => "what arrived was not what was sent",
        (_, 401 or 403) => Denied,
        (_, 404) => "it is not there",
        (_, 500 or 502 or 503 or 504 or 429) => "the service has a fault, or is overloaded",
        (_, 405) => NoS3,
        (_, 501) => "the service does not support this request",
        _ => "it refused the request",
    };

    private static bool SaysRegion(AmazonServiceException exception) =>
        exception.ErrorCode is "AuthorizationHeaderMalformed" or "PermanentRedirect" or "IllegalLocationConstraintException" or "InvalidRegion"
        || exception.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect;

    // A HEAD refused because of the region says no more than 400 and where the bucket is.
    private static bool IsOfRegion(AmazonServiceException exception, S3Place place) =>
        SaysRegion(exception) || (exception.StatusCode == HttpStatusCode.BadRequest && RegionIn(exception) is { } region && region != place.Account.Region);

    private static string OfRegion(AmazonServiceException exception, S3Place place)
    {
        string remedy = RegionIn(exception) is { } region
            ? $"{WrongRegion}: the bucket is in {region}; set {place.RegionVariable}={region}"
            : $"{WrongRegion}; set {place.RegionVariable} to that of the bucket";
        // Each region has its own address, and this one redirects us.
        bool isElsewhere = exception.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect;
        return isElsewhere && place.Account.Endpoint is not null ? $"{remedy}, and {place.EndpointVariable} to the address of that region" : remedy;
    }

    private static string? RegionIn(AmazonServiceException exception)
    {
        string? header = (exception.InnerException as HttpErrorResponseException)?.Response?.GetHeaderValue("x-amz-bucket-region");
        Match match = Region().Match(string.IsNullOrEmpty(header) ? exception.Message : $"'{header}'");
        return match.Success ? match.Groups["region"].Value : null;
    }

    // The SDK keeps an answer's sentence ("the region 'us-east-1' is wrong; expecting 'eu-west-3'"), but not its element Region.
    [GeneratedRegex(@"(expecting |\A)'(?<region>[a-z0-9-]{2,40})'", RegexOptions.CultureInvariant)]
    private static partial Regex Region();

    [GeneratedRegex(@"\bacl\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Acl();

    private static string OfSocket(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "nothing listens at the endpoint",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the endpoint's name is not known",
        SocketError.TimedOut or SocketError.HostUnreachable or SocketError.NetworkUnreachable => "the endpoint can't be reached",
        _ => "the connection broke off",
    };

    private static string Answer(AmazonServiceException exception) =>
        $"{(int)exception.StatusCode} {exception.ErrorCode}{(string.IsNullOrEmpty(exception.RequestId) ? "" : $", request {exception.RequestId}")}";
}
