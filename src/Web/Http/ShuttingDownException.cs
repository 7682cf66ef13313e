namespace ImageBackend.Web.Http;

/// <summary>A request is cut off, since the service stops; its client may send it again to whoever follows.</summary>
internal sealed class ShuttingDownException : Exception;
