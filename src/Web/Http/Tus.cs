namespace ImageBackend.Web.Http;

/// <summary>The words of tus 1.0 (resumable uploads), as far as it is spoken here: everything except concatenation.</summary>
internal static class Tus
{
    public const string Version = "1.0.0";
    public const string Extensions = "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination";
    public const string ChecksumAlgorithms = "sha1,sha256,md5";

    /// <summary>Below ROUTE_PREFIX.</summary>
    public const string Route = "/files";

    public const string PartType = "application/offset+octet-stream";

    public const string Resumable = "Tus-Resumable";
    public const string Versions = "Tus-Version";
    public const string Extension = "Tus-Extension";
    public const string MaxSize = "Tus-Max-Size";
    public const string ChecksumAlgorithm = "Tus-Checksum-Algorithm";
    public const string Offset = "Upload-Offset";
    public const string Length = "Upload-Length";
    public const string DeferLength = "Upload-Defer-Length";
    public const string Metadata = "Upload-Metadata";
    public const string Checksum = "Upload-Checksum";
    public const string Expires = "Upload-Expires";
    public const string Concat = "Upload-Concat";
    public const string MethodOverride = "X-HTTP-Method-Override";

    /// <summary>What a page of another origin must be allowed, besides what any page may: its methods, request headers and answer headers.</summary>
    public const string CrossOriginMethods = "GET,POST,HEAD,PATCH,DELETE";

    public const string CrossOriginHeaders =
        $"{Resumable},{Offset},{Length},{DeferLength},{Metadata},{Checksum},{MethodOverride},X-Requested-With,X-Request-ID";

    public const string ExposedHeaders =
        $"Location,Retry-After,{Resumable},{Versions},{Extension},{MaxSize},{ChecksumAlgorithm},{Offset},{Length},{DeferLength},{Metadata},{Expires}";
}
